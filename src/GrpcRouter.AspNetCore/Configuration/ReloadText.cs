using System.Text;

namespace GrpcRouter;

/// <summary>What is said of a reload, on one line: whoever writes the configuration must not be able to forge a second one, nor to fill a disk.</summary>
internal static class ReloadText
{
    private const int Longest = 8 * 1024;

    public static string Line(IEnumerable<string> parts, string separator)
    {
        StringBuilder line = new();
        int left = 0;
        foreach (string part in parts)
        {
            if (left > 0 || line.Length + part.Length > Longest)
            {
                left++;
                continue;
            }

            line.Append(line.Length == 0 ? "" : separator);
            foreach (char c in part)
            {
                line.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? '_' : c);
            }
        }

        return left == 0 ? line.ToString() : $"{line}{separator}and {left} more";
    }
}
