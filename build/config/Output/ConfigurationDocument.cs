using System.Text;

namespace GrpcRouter.Config;

/// <summary>The tables of all options in the document for people.</summary>
internal static class ConfigurationDocument
{
    public const string Path = "docs/configuration.md";

    private const string Begin = "<!-- options: written by build/config/run -->";
    private const string End = "<!-- end of options -->";

    /// <summary>Puts the tables between their marks.</summary>
    public static string Write(string text, OptionModel model)
    {
        string lines = text.ReplaceLineEndings("\n");
        int begin = lines.IndexOf(Begin, StringComparison.Ordinal);
        int end = lines.IndexOf(End, StringComparison.Ordinal);
        return begin < 0 || end < begin
            ? throw new InvalidOperationException($"{Path} has no '{Begin}' with an '{End}' below.")
            : $"{lines[..(begin + Begin.Length)]}\n\n{Tables(model)}{lines[end..]}";
    }

    private static string Tables(OptionModel model)
    {
        StringBuilder text = new();
        foreach (GroupModel group in model.Groups)
        {
            text.Append($"### {group.Name}\n\n{group.Summary}\n\n");
            text.Append($"At {string.Join(", ", group.Paths.Select(static path => $"`{path}`"))}.\n\n");
            text.Append("| key | type | default | rule | a change counts for | |\n| --- | --- | --- | --- | --- | --- |\n");
            foreach (OptionModelEntry option in group.Options)
            {
                text.Append($"| `{option.Info.Name}` | {Cell(Kind(model, option))} | {Cell(option.Default)} | {Cell(option.Rule)} | {Effects.Words(option.Effect)} | {Cell(option.Summary)} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    // A group leads to its own table.
    private static string Kind(OptionModel model, OptionModelEntry option)
    {
        Type? type = option.Info.Kind == OptionKind.Group ? option.Info.Type : OptionType.ElementOf(option.Info.Type);
        return model.Groups.FirstOrDefault(group => group.Type == type) is { } group ? $"[{option.Kind}](#{group.Name.ToLowerInvariant()})" : option.Kind;
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "\\<", StringComparison.Ordinal);
}
