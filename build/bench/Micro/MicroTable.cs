using System.Globalization;
using System.Text;
using BenchmarkDotNet.Reports;

namespace GrpcRouter.Bench;

/// <summary>One line for each benchmark.</summary>
internal static class MicroTable
{
    public static string Of(IEnumerable<Summary> summaries)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}, .NET {Environment.Version}.\n\n");
        text.Append("| part | with | mean, ns | standard deviation | allocated, B |\n| --- | --- | ---: | ---: | ---: |\n");
        foreach (BenchmarkReport report in summaries.SelectMany(static summary => summary.Reports).Where(static report => report.ResultStatistics is not null))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {With(report)} | {report.ResultStatistics!.Mean:#,0.0} | {report.ResultStatistics.StandardDeviation:#,0.0} | {report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)} |\n");
        }

        return text.ToString();
    }

    private static string With(BenchmarkReport report) =>
        string.Join(", ", report.BenchmarkCase.Parameters.Items.Select(static item => $"{item.Value} {item.Name.ToLowerInvariant()}"));
}
