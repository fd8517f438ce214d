using Google.Protobuf;

namespace GrpcRouter.Chaos;

/// <summary>The data of a call's items: another one for each call and index, so that bytes of another call or place are noticed.</summary>
internal static class Payload
{
    public static ByteString Make(long call, int index, int size)
    {
        byte[] data = new byte[size];
        Fill(data, call, index);
        return UnsafeByteOperations.UnsafeWrap(data);
    }

    public static bool Fits(ByteString data, long call, int index)
    {
        byte[] expected = new byte[data.Length];
        Fill(expected, call, index);
        return data.Span.SequenceEqual(expected);
    }

    private static void Fill(Span<byte> data, long call, int index)
    {
        uint state = unchecked((uint)((call * 31) + index + 1) * 2654435761u);
        foreach (ref byte value in data)
        {
            state = unchecked((state * 1664525) + 1013904223);
            value = (byte)(state >> 24);
        }
    }
}
