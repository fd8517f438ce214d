using Grpc.Core;

namespace GrpcRouter.Bench;

/// <summary>Measures the chosen rows, one after the other, and reports them.</summary>
internal sealed class Run(Lab lab, RunnerOptions options)
{
    private readonly List<RowResult> _results = [];
    private readonly List<string> _failures = [];
    private IReadOnlyList<IsolationFigure> _isolation = [];

    /// <returns>Whether every row has its figures.</returns>
    public async Task<bool> AllAsync()
    {
        Row[] rows = [.. RowCatalog.All.Where(row => options.WantsRow(row.Name))];
        bool isolation = options.WantsRow(IsolationRun.Name);
        if (rows.Length == 0 && !isolation)
        {
            throw new BenchException("No row has such a name; --list names them.");
        }

        foreach (Row row in rows)
        {
            await TryAsync(row.Name, () => MeasureAsync(row));
        }

        if (isolation)
        {
            await TryAsync(IsolationRun.Name, async () => _isolation = await new IsolationRun(lab, options).AllAsync());
        }

        Console.WriteLine();
        foreach (Table table in new[] { Tables.Throughput(_results), Tables.Latency(_results), Tables.Isolation(_isolation) }.Where(static table => !table.IsEmpty))
        {
            Console.WriteLine(table.ToMarkdown());
        }

        Hold();
        return _failures.Count == 0;
    }

    private async Task TryAsync(string name, Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (Exception failure) when (failure is BenchException or RpcException or TimeoutException)
        {
            _failures.Add($"{name}: {failure.Message}");
            Console.Error.WriteLine(_failures[^1]);
        }
    }

    private async Task MeasureAsync(Row row)
    {
        List<Target> targets = [];
        foreach (string name in row.Targets.Where(options.WantsTarget))
        {
            targets.Add(await lab.GetAsync(name));
        }

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

        _results.Add(result);
    }

    private static string Line(Row row, Target target, Measurement figures) =>
        $"{row.Name,-20} {target.Name,-22} {figures.Rate,11:#,0} {row.Unit}/s"
        + (figures.FrontCpu is { } front ? $"  in front {front:0.00} us" : "")
        + (figures.BehindCpu is { } behind ? $"  behind {behind:0.00} us" : "")
        + (figures.FrontAllocated is { } bytes ? $"  {bytes:0} B a call" : "")
        + (figures.P50 is { } p50 ? $"  p50 {p50:0} us, p99 {figures.P99:0} us" : "");

    private void Hold()
    {
        if (!options.Hold)
        {
            return;
        }

        foreach (ServerProcess process in lab.Processes)
        {
            Console.WriteLine($"{process.Name}: process {process.Id}");
        }

        Console.WriteLine("The servers run until you press Enter.");
        Console.ReadLine();
    }
}
