using System.Text.RegularExpressions;

namespace GrpcRouter.RepositoryTests;

/// <summary>
/// A quoted snippet is a fence under a line such as <c>&lt;!-- snippet samples/RouterHost/Program.cs#router --&gt;</c>. It equals the part of that file between
/// the lines <c>#region router</c> and <c>#endregion</c>, in whatever comment syntax the file has, or the whole file if no part is named.
/// </summary>
public sealed partial class SnippetTests
{
    [Fact]
    public void Every_snippet_equals_the_file_that_it_quotes()
    {
        foreach (var file in Repository.Files("", "*.md").Select(path => new MarkdownFile(path)))
        {
            foreach (var fence in file.Fences)
            {
                var source = Source().Match(fence.Above);
                if (source.Success)
                {
                    Assert.True(Quote(source.Groups[1].Value, source.Groups[2].Value).SequenceEqual(fence.Lines, StringComparer.Ordinal), $"{file.Path}:{fence.Line} is not what {source.Groups[1].Value} says.");
                }
            }
        }
    }

    [Fact]
    public void All_code_in_the_readme_is_quoted_from_files_that_are_built()
    {
        var code = new MarkdownFile("README.md").Fences.Where(fence => fence.Language is "csharp" or "cs" or "proto" or "protobuf" or "xml").ToArray();
        Assert.NotEmpty(code);

        Assert.All(code, fence => Assert.Matches(Source(), fence.Above));
    }

    private static string[] Quote(string path, string region)
    {
        var lines = Repository.Lines(path);
        if (region.Length == 0)
        {
            return lines;
        }

        var start = Array.FindIndex(lines, line => Region().Match(line).Groups[1].Value == region);
        Assert.True(start >= 0, $"{path} has no region {region}.");
        var end = Array.FindIndex(lines, start, line => line.Contains("#endregion", StringComparison.Ordinal));
        Assert.True(end > 0, $"{path} does not end its region {region}.");
        return Unindent(lines[(start + 1)..end]);
    }

    private static string[] Unindent(string[] lines)
    {
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return [.. lines.Select(line => line.Length == 0 ? line : line[indent..])];
    }

    [GeneratedRegex(@"^<!-- snippet ([^\s#]+)(?:#([\w-]+))? -->$", RegexOptions.None, 1000)]
    private static partial Regex Source();

    [GeneratedRegex(@"#region ([\w-]+)", RegexOptions.None, 1000)]
    private static partial Regex Region();
}
