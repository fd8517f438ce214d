using System.Globalization;
using System.Text;
using Microsoft.Build.Utilities;

namespace GrpcRouter.Build;

// MSBuild reads item names and metadata that a task returns as escaped text.
internal static class ItemText
{
    public static string Escape(string plain)
    {
        var text = new StringBuilder(plain.Length);
        foreach (var character in plain)
        {
            if ("%*?@$();'".IndexOf(character) >= 0)
            {
                text.Append('%').Append(((int)character).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(character);
            }
        }

        return text.ToString();
    }

    public static TaskItem Item(string path, params (string Name, string Value)[] metadata)
    {
        var item = new TaskItem(Escape(path));
        foreach (var (name, value) in metadata)
        {
            item.SetMetadata(name, value);
        }

        return item;
    }
}
