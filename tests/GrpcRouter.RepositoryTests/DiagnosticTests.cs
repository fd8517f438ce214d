using System.Text.RegularExpressions;

namespace GrpcRouter.RepositoryTests;

public sealed partial class DiagnosticTests
{
    [Fact]
    public void Every_diagnostic_id_has_a_page_and_every_page_an_id()
    {
        var ids = new[] { "*.cs", "*.props", "*.targets" }
            .SelectMany(pattern => Repository.Files("generators", pattern))
            .SelectMany(path => Id().Matches(Repository.Read(path)))
            .Select(match => match.Value)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.NotEmpty(ids);

        Assert.Equal(ids, Pages().Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public void Every_page_of_a_diagnostic_starts_with_its_id()
    {
        foreach (var path in Pages())
        {
            Assert.StartsWith($"# {Path.GetFileNameWithoutExtension(path)}", Repository.Lines(path)[0], StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Pages() => Repository.Files("docs/diagnostics", "GRPCR*.md");

    [GeneratedRegex(@"\bGRPCR\d{3}\b", RegexOptions.None, 1000)]
    private static partial Regex Id();
}
