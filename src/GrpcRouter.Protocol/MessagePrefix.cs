using System.Buffers;
using System.Buffers.Binary;

namespace GrpcRouter.Protocol;

/// <summary>The five bytes before each gRPC message (gRPC over HTTP/2, "Length-Prefixed-Message").</summary>
public static class MessagePrefix
{
    /// <summary>Reads the prefix at the start of a buffer; false when it is not all there.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, out bool compressed, out uint length)
    {
        compressed = false;
        length = 0;
        if (buffer.Length < FrameField.PrefixLength)
        {
            return false;
        }

        scoped ReadOnlySpan<byte> prefix = buffer.FirstSpan;
        if (prefix.Length < FrameField.PrefixLength)
        {
            Span<byte> copy = stackalloc byte[FrameField.PrefixLength];
            buffer.Slice(0, FrameField.PrefixLength).CopyTo(copy);
            prefix = copy;
        }

        compressed = prefix[0] != 0;
        length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        return true;
    }
}
