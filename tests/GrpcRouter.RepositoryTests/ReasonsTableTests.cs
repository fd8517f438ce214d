using System.Text.RegularExpressions;

namespace GrpcRouter.RepositoryTests;

public sealed partial class ReasonsTableTests
{
    private static readonly Dictionary<string, string> Declared = Declaration()
        .Matches(Repository.Read("src/GrpcRouter.Core/Calls/RouterReasons.cs"))
        .ToDictionary(static match => match.Groups["reason"].Value, static match => match.Groups["status"].Value, StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Listed = new MarkdownFile("docs/resilience.md").Text
        .SkipWhile(static line => line != "## Reasons")
        .Select(static line => Row().Match(line))
        .Where(static match => match.Success)
        .ToDictionary(static match => match.Groups["reason"].Value, static match => match.Groups["status"].Value, StringComparer.Ordinal);

    [Fact]
    public void Every_reason_is_in_the_table_and_every_row_is_a_reason()
    {
        Assert.NotEmpty(Declared);
        Assert.Equal(Repository.Read("src/GrpcRouter.Core/Calls/RouterReasons.cs").Split("public const string").Length - 1, Declared.Count);
        Assert.Equal(Declared.Keys.Order(StringComparer.Ordinal), Listed.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_gives_each_reason_the_status_that_its_summary_does() =>
        Assert.All(Declared, static pair => Assert.Equal($"{pair.Key} {pair.Value}", $"{pair.Key} {Listed.GetValueOrDefault(pair.Key)}"));

    [GeneratedRegex(@"/// <summary>[^\n]*?(?<status>[A-Z][A-Z_]+[A-Z])[.;][^\n]*</summary>\n\s*public const string \w+ = ""(?<reason>\w+)"";", RegexOptions.None, 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^\| `(?<reason>\w+)` \| (?<status>\w+) \|", RegexOptions.None, 1000)]
    private static partial Regex Row();
}
