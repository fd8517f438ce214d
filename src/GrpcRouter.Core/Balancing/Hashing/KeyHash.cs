using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace GrpcRouter;

/// <summary>XXH64 of text, by its UTF-8.</summary>
internal static class KeyHash
{
    private const int OnStack = 384;
    private const int BytesPerChar = 3;

    public static ulong Of(string key, long seed = 0)
    {
        if (key.Length <= OnStack / BytesPerChar)
        {
            Span<byte> bytes = stackalloc byte[OnStack];
            return XxHash64.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(key, bytes)], seed);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(key.Length * BytesPerChar);
        ulong hash = XxHash64.HashToUInt64(rented.AsSpan(0, Encoding.UTF8.GetBytes(key, rented)), seed);
        ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }
}
