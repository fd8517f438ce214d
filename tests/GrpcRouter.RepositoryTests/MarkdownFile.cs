using System.Text.RegularExpressions;

namespace GrpcRouter.RepositoryTests;

/// <summary>As much of Markdown as the tests need: what is in fences, the links and anchors outside of them.</summary>
internal sealed partial class MarkdownFile
{
    private readonly List<string> _text = [];

    public MarkdownFile(string path)
    {
        Path = path;
        var fences = new List<Fence>();
        var lines = Repository.Lines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                _text.Add(lines[i]);
                continue;
            }

            var end = Array.FindIndex(lines, i + 1, line => line == "```");
            Assert.True(end > 0, $"{path}:{i + 1} opens a fence that nothing closes.");
            fences.Add(new Fence(i + 1, lines[i][3..].Trim(), i == 0 ? "" : lines[i - 1], lines[(i + 1)..end]));
            i = end;
        }

        Fences = fences;
    }

    public string Path { get; }

    public IReadOnlyList<Fence> Fences { get; }

    /// <summary>The file's lines without those of its fences.</summary>
    public IReadOnlyList<string> Text => _text;

    public IEnumerable<string> Links => _text.SelectMany(line => Link().Matches(InlineCode().Replace(line, ""))).Select(match => match.Groups[1].Value);

    /// <summary>The headings as GitHub turns them into anchors.</summary>
    public IEnumerable<string> Anchors =>
        _text.Where(line => line.StartsWith('#')).Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)", RegexOptions.None, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`", RegexOptions.None, 1000)]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 1000)]
    private static partial Regex NotInAnchor();
}
