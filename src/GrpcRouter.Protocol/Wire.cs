using System.Runtime.CompilerServices;

namespace GrpcRouter.Protocol;

/// <summary>The protobuf wire format, as far as frames need it (protobuf.dev, "Encoding").</summary>
internal static class Wire
{
    public const uint Varint = 0;
    public const uint Fixed64 = 1;
    public const uint LengthDelimited = 2;
    public const uint Fixed32 = 5;

    public static int VarintSize(ulong value) => value == 0 ? 1 : (70 - System.Numerics.BitOperations.LeadingZeroCount(value)) / 7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteVarint(Span<byte> target, ulong value)
    {
        int i = 0;
        while (value >= 0x80)
        {
            target[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[i++] = (byte)value;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadVarint(ReadOnlySpan<byte> source, scoped ref int position, out ulong value)
    {
        if ((uint)position < (uint)source.Length && source[position] < 0x80)
        {
            value = source[position++];
            return true;
        }

        return TryReadLongVarint(source, ref position, out value);
    }

    private static bool TryReadLongVarint(ReadOnlySpan<byte> source, scoped ref int position, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if ((uint)position >= (uint)source.Length)
            {
                return false;
            }

            byte b = source[position++];
            if (shift == 63 && b > 1)
            {
                return false;
            }

            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a tag; false when it has field number 0 or more than 32 bits, of which parsers differ in what they see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadTag(ReadOnlySpan<byte> source, scoped ref int position, out uint tag)
    {
        bool read = TryReadVarint(source, ref position, out ulong value);
        tag = (uint)value;
        return read && value is > 7 and <= uint.MaxValue;
    }

    public static bool TryReadBytes(ReadOnlySpan<byte> source, scoped ref int position, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadVarint(source, ref position, out ulong size) || size > (ulong)(source.Length - position))
        {
            return false;
        }

        value = source.Slice(position, (int)size);
        position += (int)size;
        return true;
    }

    /// <summary>Steps over a field whose number is not known. Groups do not occur in proto3 and are refused.</summary>
    public static bool TrySkip(ReadOnlySpan<byte> source, scoped ref int position, uint wireType)
    {
        switch (wireType)
        {
            case Varint:
                return TryReadVarint(source, ref position, out _);
            case LengthDelimited:
                return TryReadBytes(source, ref position, out _);
            case Fixed64:
            case Fixed32:
                int size = wireType == Fixed64 ? 8 : 4;
                if (source.Length - position < size)
                {
                    return false;
                }

                position += size;
                return true;
            default:
                return false;
        }
    }
}
