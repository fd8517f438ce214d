using System.Text.RegularExpressions;

namespace GrpcRouter.RepositoryTests;

public sealed partial class ProtocolDocumentTests
{
    [Fact]
    public void Messages_quoted_from_the_shared_protos_are_what_the_protos_say()
    {
        var shared = Repository.Files("protos", "*.proto").SelectMany(path => Declarations(Repository.Read(path))).ToDictionary(StringComparer.Ordinal);
        Assert.NotEmpty(shared);

        var quoted = new MarkdownFile("docs/protocol.md").Fences
            .Where(fence => fence.Language is "proto" or "protobuf")
            .SelectMany(fence => Declarations(string.Join('\n', fence.Lines)));

        foreach (var (name, text) in quoted.Where(declaration => shared.ContainsKey(declaration.Key)))
        {
            Assert.Equal(shared[name], text);
        }
    }

    /// <summary>The top-level declarations by name, without comments and with single spaces.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Declarations(string proto)
    {
        var text = Spaces().Replace(Comments().Replace(proto, ""), " ");
        foreach (Match match in Head().Matches(text))
        {
            if (Depth(text, match.Index) == 0)
            {
                yield return new(match.Groups[1].Value, text[match.Index..EndOf(text, match.Index)]);
            }
        }
    }

    private static int Depth(string text, int index) => text.AsSpan(0, index).Count('{') - text.AsSpan(0, index).Count('}');

    private static int EndOf(string text, int start)
    {
        var depth = 0;
        for (var i = start; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0 && text[i] == '}')
            {
                return i + 1;
            }
        }

        throw new InvalidDataException($"No closing brace in: {text[start..]}");
    }

    [GeneratedRegex(@"//[^\n]*|/\*[\s\S]*?\*/", RegexOptions.None, 1000)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\b(?:message|enum|service) (\w+) ?\{", RegexOptions.None, 1000)]
    private static partial Regex Head();
}
