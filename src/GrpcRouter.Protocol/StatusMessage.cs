using System.Buffers;
using System.Text;

namespace GrpcRouter.Protocol;

/// <summary>The grpc-message header (gRPC over HTTP/2, "Status-Message"): percent-encoded UTF-8.</summary>
public static class StatusMessage
{
    /// <summary>Longest message in bytes of UTF-8; the rest is cut off, so that a long text cannot break the trailers.</summary>
    public const int MaxLength = 2048;

    private static readonly SearchValues<byte> Unescaped =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(static value => (byte)value).Where(static value => value != '%')]);

    /// <summary>Encodes a message. A space at either end is encoded too: as a field value it would be illegal (RFC 9113, section 8.2.1).</summary>
    public static string Encode(ReadOnlySpan<byte> message)
    {
        message = Truncate(message);
        bool edges = message.Length > 0 && (message[0] == ' ' || message[^1] == ' ');
        if (!edges && !message.ContainsAnyExcept(Unescaped))
        {
            return Encoding.ASCII.GetString(message);
        }

        StringBuilder builder = new(message.Length + 16);
        for (int i = 0; i < message.Length; i++)
        {
            byte value = message[i];
            bool edge = value == ' ' && (i == 0 || i == message.Length - 1);
            if (edge || !Unescaped.Contains(value))
            {
                builder.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                builder.Append((char)value);
            }
        }

        return builder.ToString();
    }

    /// <summary>Cuts a message to <see cref="MaxLength"/>, never inside a character.</summary>
    public static ReadOnlySpan<byte> Truncate(ReadOnlySpan<byte> message)
    {
        if (message.Length <= MaxLength)
        {
            return message;
        }

        int end = MaxLength;
        while (end > 0 && (message[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return message[..end];
    }
}
