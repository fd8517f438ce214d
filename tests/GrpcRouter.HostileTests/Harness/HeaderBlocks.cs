using System.Text;

namespace GrpcRouter.HostileTests;

/// <summary>Header blocks that no library makes (RFC 7541).</summary>
internal static class HeaderBlocks
{
    // Index 62 is the newest entry of the dynamic table, behind 61 static ones.
    private const byte NewestIndexed = 0x80 | 62;

    /// <summary>What every call begins with.</summary>
    public static byte[] Call(string path) =>
        Hpack.Encode([(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "router"), ("content-type", "application/grpc"), ("te", "trailers")]);

    /// <summary>An entry of the table, and as many references to it as are asked for: a byte each.</summary>
    public static byte[] Indexed(string key, int length, int times) =>
        [0x40, .. Text(key), .. Text(new string('x', length)), .. Enumerable.Repeat(NewestIndexed, times)];

    /// <summary>References to an entry that an earlier block left in the table.</summary>
    public static byte[] References(int times) => [.. Enumerable.Repeat(NewestIndexed, times)];

    private static byte[] Text(string text)
    {
        List<byte> bytes = [];
        int rest = text.Length;
        if (rest < 127)
        {
            bytes.Add((byte)rest);
        }
        else
        {
            bytes.Add(127);
            for (rest -= 127; rest >= 128; rest >>= 7)
            {
                bytes.Add((byte)(rest | 0x80));
            }

            bytes.Add((byte)rest);
        }

        return [.. bytes, .. Encoding.ASCII.GetBytes(text)];
    }
}
