using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GrpcRouter;

/// <summary>
/// A hash of what options say, by which routers can be told to have the same. Secrets are left out, so that nobody can try guesses against it, and so is what is each router's
/// own (<see cref="RouterOptions.RouterId"/>).
/// </summary>
internal static class OptionHash
{
    /// <param name="options"><see cref="RouterOptions"/>, or some of those below.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public static string Of(object options)
    {
        StringBuilder text = new();
        WriteGroup(text, options, "");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static void WriteGroup(StringBuilder text, object group, string path)
    {
        foreach (OptionInfo option in OptionInfo.Of(group.GetType()).OrderBy(static option => option.Name, StringComparer.Ordinal))
        {
            if (option.Kind == OptionKind.Code || option.IsSensitive || (group is RouterOptions && option.Name == nameof(RouterOptions.RouterId)))
            {
                continue;
            }

            Write(text, option.Property.GetValue(group), option.Kind, option.Type, $"{path}:{option.Name}");
        }
    }

    private static void Write(StringBuilder text, object? value, OptionKind kind, Type type, string path)
    {
        switch (kind)
        {
            case OptionKind.Group when value is not null:
                WriteGroup(text, value, path);
                break;
            case OptionKind.List or OptionKind.Map when value is IEnumerable entries:
                Type element = OptionType.ElementOf(type)!;
                IEnumerable<KeyValuePair<string, object?>> pairs = kind == OptionKind.Map
                    ? OptionEntries.Of(entries).OrderBy(static entry => entry.Key, StringComparer.Ordinal)
                    : entries.Cast<object?>().Select(static (entry, index) => KeyValuePair.Create(index.ToString(CultureInfo.InvariantCulture), entry));
                foreach ((string key, object? entry) in pairs)
                {
                    Write(text, entry, OptionType.KindOf(element), element, $"{path}:{key}");
                }

                break;
            default:
                // With their lengths, so that no two texts look alike.
                string? written = value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
                text.Append(CultureInfo.InvariantCulture, $"{path.Length}:{path}={written?.Length ?? -1}:{written}\n");
                break;
        }
    }
}
