using System.Text;
using System.Text.RegularExpressions;

namespace GrpcRouter;

/// <summary>A pattern for names, in which <c>*</c> stands for any characters but a slash, and <c>**</c> for any.</summary>
internal sealed class NamePattern
{
    public const int MaxLength = 512;

    private readonly string text;
    private readonly Regex? pattern;

    public NamePattern(string text)
    {
        this.text = text;
        if (text.Contains('*', StringComparison.Ordinal))
        {
            // Without backtracking no name, which a stranger may have chosen, takes longer than its length.
            pattern = new Regex(Translate(text), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
        }
    }

    public static bool IsValid(string? text) => text is { Length: > 0 and <= MaxLength } && !text.Any(char.IsControl);

    public static NamePattern[] All(IEnumerable<string> texts) => [.. texts.Select(static text => new NamePattern(text))];

    public bool Matches(string name) => pattern is null ? string.Equals(text, name, StringComparison.Ordinal) : pattern.IsMatch(name);

    public override string ToString() => text;

    private static string Translate(string text)
    {
        StringBuilder result = new(@"\A");
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '*')
            {
                result.Append(Regex.Escape(text[i].ToString()));
            }
            else if (i + 1 < text.Length && text[i + 1] == '*')
            {
                result.Append(".*");
                i++;
            }
            else
            {
                result.Append("[^/]*");
            }
        }

        return result.Append(@"\z").ToString();
    }
}
