using System.Globalization;
using System.Text;

namespace GrpcRouter;

/// <summary>Decodes <c>grpc-message</c>: UTF-8 in which other bytes than printable ASCII are written as <c>%XX</c>.</summary>
internal static class PercentEncoding
{
    public static string Decode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        // Each character of a header value stands for one byte.
        var bytes = Encoding.Latin1.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes[length++] = value;
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
