using System.Text.RegularExpressions;

namespace GrpcRouter.Build.Tests;

internal sealed partial record BuildOutput(int ExitCode, string Text)
{
    /// <summary>Errors as file name, line, column, id: <c>a.proto(3,1): GRPCR001</c>; without position where there is none.</summary>
    public IEnumerable<string> Errors => ErrorLine().Matches(Text)
        .Select(match => $"{Path.GetFileName(match.Groups["file"].Value.Trim())}{match.Groups["position"].Value}: {match.Groups["id"].Value}")
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    public void AssertSuccess() => Assert.True(ExitCode == 0, Text);

    // A range is written as (line,column,line,column) or (line,column-column); its start is enough.
    [GeneratedRegex(@"^(?<file>[^(\r\n]+?)(?<position>\([0-9]+,[0-9]+)?[-0-9,]*\)? ?: error (?<id>[A-Z]+[0-9]+):", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ErrorLine();
}
