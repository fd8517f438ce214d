using System.Collections;
using System.Globalization;

namespace GrpcRouter;

/// <summary>Reads the entries of a map whatever its type.</summary>
internal static class OptionEntries
{
    public static Dictionary<string, object?> Of(IEnumerable? map)
    {
        Dictionary<string, object?> entries = new(StringComparer.Ordinal);
        if (map is IDictionary known)
        {
            foreach (DictionaryEntry entry in known)
            {
                entries[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = entry.Value;
            }
        }

        return entries;
    }
}
