using System.Buffers.Text;
using System.Text;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>Metadata between Grpc.Core's form and the octets of HTTP/2 field values.</summary>
internal static class MetadataBytes
{
    private const int EntryKeyField = 1;
    private const int EntryValueField = 2;

    /// <summary>Reads the entries that are the application's. One that cannot be read is left out rather than failing the call.</summary>
    public static Metadata Read(MetadataReader reader)
    {
        Metadata metadata = [];
        while (reader.Read())
        {
            string key = Encoding.ASCII.GetString(reader.Key);
            if (!MetadataRules.IsValidKey(reader.Key) || MetadataRules.IsReserved(key))
            {
                continue;
            }

            if (key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
            {
                ReadBinary(metadata, key, reader.Value);
            }
            else
            {
                metadata.Add(key, Encoding.Latin1.GetString(reader.Value));
            }
        }

        return metadata;
    }

    /// <summary>What an entry counts against limits.</summary>
    public static int SizeOf(Metadata.Entry entry) => entry.Key.Length + MetadataRules.EntryOverhead
        + (entry.IsBinary ? ((entry.ValueBytes.Length * 4) + 2) / 3 : entry.Value.Length);

    /// <summary>Writes one entry into a field that holds entries.</summary>
    public static void Write(FrameBuffer buffer, int field, Metadata.Entry entry)
    {
        int mark = buffer.BeginNested(field);
        buffer.WriteString(EntryKeyField, entry.Key);
        if (entry.IsBinary)
        {
            buffer.WriteString(EntryValueField, Convert.ToBase64String(entry.ValueBytes).TrimEnd('='));
        }
        else
        {
            buffer.WriteBytes(EntryValueField, MetadataRules.TrimValue(Encoding.ASCII.GetBytes(entry.Value)));
        }

        buffer.EndNested(mark);
    }

    /// <summary>The value may stand in a header field; line breaks in it would be an attack on whoever reads it next.</summary>
    public static bool IsWritable(Metadata.Entry entry) =>
        entry.IsBinary || (Ascii.IsValid(entry.Value) && MetadataRules.IsValidValue(MetadataRules.TrimValue(Encoding.ASCII.GetBytes(entry.Value))));

    // Intermediaries may join several values of a key with commas, which base64 never holds.
    private static void ReadBinary(Metadata metadata, string key, ReadOnlySpan<byte> joined)
    {
        foreach (Range range in joined.Split((byte)','))
        {
            ReadOnlySpan<byte> text = joined[range].Trim(" \t"u8).TrimEnd((byte)'=');
            byte[] padded = new byte[(text.Length + 3) / 4 * 4];
            padded.AsSpan().Fill((byte)'=');
            text.CopyTo(padded);
            byte[] value = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
            if (Base64.DecodeFromUtf8(padded, value, out _, out int length) == System.Buffers.OperationStatus.Done)
            {
                metadata.Add(key, value[..length]);
            }
        }
    }
}
