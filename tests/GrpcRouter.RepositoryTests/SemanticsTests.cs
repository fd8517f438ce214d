using System.Text.RegularExpressions;

namespace GrpcRouter.RepositoryTests;

public sealed partial class SemanticsTests
{
    private const int Last = 86;

    private static readonly MarkdownFile Document = new("docs/semantics.md");

    [Fact]
    public void The_numbers_1_to_86_each_appear_exactly_once()
    {
        var numbers = Document.Text
            .Select(line => Number().Match(line))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(Enumerable.Range(1, Last), numbers.Order());
    }

    [Theory]
    [InlineData("docs/semantics.md")]
    [InlineData("docs/security.md")]
    public void Every_test_that_is_named_exists(string document)
    {
        var named = new MarkdownFile(document).Text.SelectMany(line => TestName().Matches(line)).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(named);

        Assert.Empty(named.Except(TestsInTheSources(), StringComparer.Ordinal));
    }

    private static HashSet<string> TestsInTheSources() =>
        [.. Repository.Files("tests", "*.cs").SelectMany(path => TestsOf(Repository.Read(path)))];

    // Classes are not nested in test sources, so a method belongs to the class that was declared last before it.
    private static IEnumerable<string> TestsOf(string source)
    {
        var owner = "";
        foreach (Match match in ClassOrTest().Matches(source))
        {
            if (match.Groups["class"].Success)
            {
                owner = match.Groups["class"].Value;
            }
            else
            {
                yield return $"{owner}.{match.Groups["test"].Value}";
            }
        }
    }

    /// <summary>A line of a numbered list or a row of a table.</summary>
    [GeneratedRegex(@"^(?:\|\s*)?(\d+)(?:\.\s|\s*\|)", RegexOptions.None, 1000)]
    private static partial Regex Number();

    /// <summary>`Class.Method`, where the class is named as test classes are.</summary>
    [GeneratedRegex(@"`([A-Z]\w*Tests\.\w+|[A-Z]\w*\.[A-Z]\w*_\w+)`", RegexOptions.None, 1000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"\bclass (?<class>\w+)|\[(?:Fact|Theory)\b[\s\S]*?\b(?:void|Task|ValueTask) (?<test>\w+)\s*\(", RegexOptions.None, 10000)]
    private static partial Regex ClassOrTest();
}
