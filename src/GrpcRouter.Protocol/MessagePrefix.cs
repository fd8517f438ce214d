using System.Buffers;
using System.Buffers.Binary;

namespace GrpcRouter.Protocol;

/// <summary>The five bytes before each gRPC message (gRPC over HTTP/2, "Length-Prefixed-Message").</summary>
public static class MessagePrefix
{
    /// <summary>Writes the prefix of a message at the start of a span.</summary>
    public static void Write(Span<byte> target, bool compressed, uint length)
    {
        target[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], length);
    }

    /// <inheritdoc cref="TryRead(in ReadOnlySequence{byte}, out bool, out uint)"/>
    public static bool TryRead(ReadOnlySpan<byte> buffer, out bool compressed, out uint length)
    {
        if (buffer.Length < FrameField.PrefixLength)
        {
            compressed = false;
            length = 0;
            return false;
        }

        compressed = buffer[0] != 0;
        length = BinaryPrimitives.ReadUInt32BigEndian(buffer[1..]);
        return true;
    }

    /// <summary>Reads the prefix at the start of a buffer; false when it is not all there.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, out bool compressed, out uint length)
    {
        ReadOnlySpan<byte> first = buffer.FirstSpan;
        if (first.Length >= FrameField.PrefixLength || buffer.Length < FrameField.PrefixLength)
        {
            return TryRead(first, out compressed, out length);
        }

        Span<byte> copy = stackalloc byte[FrameField.PrefixLength];
        buffer.Slice(0, FrameField.PrefixLength).CopyTo(copy);
        return TryRead(copy, out compressed, out length);
    }
}
