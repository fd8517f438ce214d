using System.Text;

namespace GrpcRouter.Tests;

/// <summary>Header blocks without dynamic table and without Huffman coding (RFC 7541): a peer that announces a table of size 0 may be this simple.</summary>
internal static class Hpack
{
    private static readonly (string Key, string Value)[] Static =
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"),
        (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"),
        ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""), ("content-disposition", ""),
        ("content-encoding", ""), ("content-language", ""), ("content-length", ""), ("content-location", ""), ("content-range", ""), ("content-type", ""),
        ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""),
        ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""),
        ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""),
        ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""),
    ];

    public static byte[] Encode(IEnumerable<(string Key, string Value)> fields)
    {
        MemoryStream block = new();
        foreach ((string key, string value) in fields)
        {
            block.WriteByte(0);
            WriteText(block, key);
            WriteText(block, value);
        }

        return block.ToArray();
    }

    public static List<(string Key, string Value)> Decode(byte[] block)
    {
        List<(string, string)> fields = [];
        int at = 0;
        while (at < block.Length)
        {
            byte first = block[at];
            if ((first & 0x80) != 0)
            {
                fields.Add(Static[ReadInteger(block, ref at, 7) - 1]);
            }
            else if ((first & 0xE0) == 0x20)
            {
                ReadInteger(block, ref at, 5);
            }
            else
            {
                int index = ReadInteger(block, ref at, (first & 0x40) != 0 ? 6 : 4);
                string key = index == 0 ? ReadText(block, ref at) : Static[index - 1].Key;
                fields.Add((key, ReadText(block, ref at)));
            }
        }

        return fields;
    }

    private static void WriteText(MemoryStream block, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        int rest = bytes.Length;
        if (rest < 127)
        {
            block.WriteByte((byte)rest);
        }
        else
        {
            block.WriteByte(127);
            for (rest -= 127; rest >= 128; rest >>= 7)
            {
                block.WriteByte((byte)(rest | 0x80));
            }

            block.WriteByte((byte)rest);
        }

        block.Write(bytes);
    }

    private static int ReadInteger(byte[] block, ref int at, int prefix)
    {
        int mask = (1 << prefix) - 1;
        int value = block[at++] & mask;
        if (value < mask)
        {
            return value;
        }

        int shift = 0;
        byte next;
        do
        {
            next = block[at++];
            value += (next & 0x7F) << shift;
            shift += 7;
        }
        while ((next & 0x80) != 0);

        return value;
    }

    private static string ReadText(byte[] block, ref int at)
    {
        if ((block[at] & 0x80) != 0)
        {
            throw new NotSupportedException("Huffman coding.");
        }

        int length = ReadInteger(block, ref at, 7);
        at += length;
        return Encoding.Latin1.GetString(block, at - length, length);
    }
}
