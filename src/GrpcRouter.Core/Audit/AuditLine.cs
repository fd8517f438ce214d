using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GrpcRouter;

/// <summary>
/// One line of the audit log: <c>{"seq":…,"time":…,"event":…, …,"prev":…,"hash":…}</c>. <c>prev</c> is the SHA-256 of the line before, and <c>hash</c> that of this line up to the comma
/// before it.
/// </summary>
internal static class AuditLine
{
    private static readonly byte[] HashPrefix = ",\"hash\":\""u8.ToArray();

    // What comes from peers is escaped down to ASCII, so that it can neither end the line nor look like another one.
    private static readonly JsonWriterOptions Written = new() { Indented = false };

    /// <summary>Bytes of a line behind what its own hash covers.</summary>
    private static int HashTail => HashPrefix.Length + AuditHash.Length + 2;

    /// <summary>Writes an entry, with the line's end.</summary>
    /// <param name="sequence">Its number, from 1.</param>
    /// <param name="time">When it happened.</param>
    /// <param name="entry">What happened, within <see cref="AuditBounds"/>.</param>
    /// <param name="previous">The hash of the line before.</param>
    /// <param name="to">Takes the line.</param>
    /// <returns>The hash of the line, for the next one.</returns>
    public static string Write(long sequence, DateTimeOffset time, AuditEntry entry, string previous, IBufferWriter<byte> to)
    {
        ArrayBufferWriter<byte> line = new(512);
        using (Utf8JsonWriter json = new(line, Written))
        {
            json.WriteStartObject();
            json.WriteNumber("seq"u8, sequence);
            json.WriteString("time"u8, time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
            json.WriteString("event"u8, entry.Event);
            WriteText(json, "service", entry.Service);
            WriteText(json, "instance", entry.Instance);
            WriteText(json, "peer", entry.Peer);
            WriteText(json, "identity", entry.Identity);
            WriteText(json, "reason", entry.Reason);
            WriteDetails(json, entry.Details);
            json.WriteString("prev"u8, previous);
            json.WriteEndObject();
        }

        // The brace comes behind the line's own hash.
        ReadOnlySpan<byte> covered = line.WrittenSpan[..^1];
        string hash = AuditHash.Of(covered);
        byte[] whole = [.. covered, .. HashPrefix, .. Encoding.ASCII.GetBytes(hash), (byte)'"', (byte)'}', (byte)'\n'];
        to.Write(whole);
        return AuditHash.Of(whole.AsSpan()[..^1]);
    }

    /// <summary>Reads a line without its end.</summary>
    /// <returns>Null when it is none of the log.</returns>
    public static AuditLineFields? Read(ReadOnlySpan<byte> line)
    {
        if (line.Length <= HashTail || !line[^HashTail..].StartsWith(HashPrefix) || !line.EndsWith("\"}"u8))
        {
            return null;
        }

        try
        {
            Utf8JsonReader reader = new(line);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            return reader.BytesConsumed == line.Length
                && root.TryGetProperty("seq"u8, out JsonElement sequence) && sequence.TryGetInt64(out long number)
                && root.TryGetProperty("prev"u8, out JsonElement previous) && previous.ValueKind == JsonValueKind.String
                && root.TryGetProperty("event"u8, out JsonElement name) && name.ValueKind == JsonValueKind.String
                ? new AuditLineFields(number, name.GetString()!, previous.GetString()!, IsWhole: HashOf(line) == AuditHash.Of(line[..^HashTail]), AuditHash.Of(line))
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string HashOf(ReadOnlySpan<byte> line) => Encoding.ASCII.GetString(line[^(AuditHash.Length + 2)..^2]);

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteDetails(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? details)
    {
        if (details is null || details.Count == 0)
        {
            return;
        }

        json.WriteStartObject("details"u8);
        foreach ((string key, string value) in details)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
