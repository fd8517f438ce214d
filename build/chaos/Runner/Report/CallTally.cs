using System.Text.RegularExpressions;
using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>Calls by kind and outcome.</summary>
internal static partial class CallTally
{
    /// <summary>Such as <c>add 210 ok 3 unavailable, put 150 ok</c>.</summary>
    public static string Of(IEnumerable<CallRecord> records) => string.Join(", ", records
        .GroupBy(static record => record.Plan.Kind)
        .OrderBy(static kind => kind.Key)
        .Select(static kind => $"{kind.Key.ToString().ToLowerInvariant()} {string.Join(' ', Outcomes(kind))}"));

    private static IEnumerable<string> Outcomes(IEnumerable<CallRecord> records) => records
        .GroupBy(static record => record.Ends == 0 ? "open" : Words(record.Status))
        .OrderByDescending(static outcome => outcome.Count())
        .Select(static outcome => $"{outcome.Count()} {outcome.Key}");

    private static string Words(StatusCode status) =>
        status == StatusCode.OK ? "ok" : Humps().Replace(status.ToString(), "$1-$2").ToLowerInvariant();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex Humps();
}
