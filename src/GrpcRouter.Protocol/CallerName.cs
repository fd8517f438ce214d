using System.Globalization;
using System.Text;

namespace GrpcRouter.Protocol;

/// <summary>
/// The value of <see cref="MetadataRules.CallerKey"/>: how a caller has proved who it is, a colon, and the name it goes by. All but visible ASCII is percent-encoded UTF-8, and so is a colon
/// of the first part.
/// </summary>
public static class CallerName
{
    /// <summary>Writes the value.</summary>
    /// <param name="scheme">How it was proved, such as <c>api-key</c>.</param>
    /// <param name="name">The name.</param>
    public static string Encode(string scheme, string name)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(name);
        StringBuilder value = new(scheme.Length + 1 + name.Length);
        Append(value, scheme, colon: false);
        value.Append(':');
        Append(value, name, colon: true);
        return value.ToString();
    }

    /// <summary>Reads the value.</summary>
    /// <returns>False when it has no colon.</returns>
    public static bool TryDecode(string value, out string scheme, out string name)
    {
        ArgumentNullException.ThrowIfNull(value);
        int colon = value.IndexOf(':', StringComparison.Ordinal);
        scheme = colon < 0 ? "" : Uri.UnescapeDataString(value[..colon]);
        name = colon < 0 ? "" : Uri.UnescapeDataString(value[(colon + 1)..]);
        return colon >= 0;
    }

    private static void Append(StringBuilder value, string text, bool colon)
    {
        foreach (byte octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is > 0x20 and < 0x7F and not (byte)'%' && (colon || octet != ':'))
            {
                value.Append((char)octet);
            }
            else
            {
                value.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
    }
}
