namespace GrpcRouter.Bench;

/// <summary>Takes a row's targets in turns, round after round: a machine that changes its speed does so for all of them.</summary>
internal static class RowRun
{
    public static async Task<RowResult> RunAsync(Lab lab, Row row, IReadOnlyList<Target> targets, RunnerOptions options)
    {
        await row.PrepareAsync(lab, targets, options.SecondsOfTurn);
        RowResult result = new(row);
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (Target target in targets)
            {
                Measurement measurement = await row.MeasureAsync(lab, target);
                result.Add(target.Name, measurement);
                Console.WriteLine(Line(row, target, measurement));
            }
        }

        return result;
    }

    private static string Line(Row row, Target target, Measurement figures) =>
        $"{row.Name,-20} {target.Name,-24} {figures.Rate,11:#,0} {row.Unit}/s"
        + (figures.FrontCpu is { } front ? $"  in front {front:0.00} us" : "")
        + (figures.BehindCpu is { } behind ? $"  behind {behind:0.00} us" : "")
        + (figures.FrontAllocated is { } bytes ? $"  {bytes:0} B a call" : "")
        + (figures.P50 is { } p50 ? $"  p50 {p50:0} us, p99 {figures.P99:0} us" : "");
}
