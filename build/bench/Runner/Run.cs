using Grpc.Core;

namespace GrpcRouter.Bench;

/// <summary>Measures what was chosen, one part after the other, and reports it.</summary>
internal sealed class Run(Lab lab, RunnerOptions options)
{
    private readonly Figures _figures = new();

    /// <returns>Whether every part has its figures.</returns>
    public async Task<bool> AllAsync()
    {
        Part[] parts = [.. Parts().Where(part => options.WantsRow(part.Name) && (!part.Long || !options.Quick || options.Rows.Count > 0))];
        if (parts.Length == 0)
        {
            throw new BenchException("No row has such a name; --list names them.");
        }

        foreach (Part part in parts)
        {
            await TryAsync(part);
        }

        string report = Report.Of(_figures);
        Console.WriteLine();
        Console.WriteLine(report);
        if (options.Whole)
        {
            Report.Write(_figures);
        }

        Hold();
        return _figures.Failures.Count == 0;
    }

    private IEnumerable<Part> Parts()
    {
        foreach (Row row in RowCatalog.All)
        {
            yield return new Part(row.Name, async () => _figures.Rows.Add(await RowRun.RunAsync(lab, row, await TargetsAsync(row), options)));
        }

        if (Programs.Has("Fleet"))
        {
            yield return new Part(FleetRun.Name, async () =>
            {
                FleetRun fleet = new(lab, options);
                _figures.Rows.AddRange(await fleet.RunAsync());
                _figures.BytesPerInstance = fleet.BytesPerInstance;
                _figures.BytesPerStream = fleet.BytesPerStream;
            }) { Long = true };
        }

        yield return new Part(IsolationRun.Name, async () => _figures.Isolation.AddRange(await new IsolationRun(lab, options).AllAsync())) { Long = true };
    }

    private async Task<IReadOnlyList<Target>> TargetsAsync(Row row)
    {
        List<Target> targets = [];
        foreach (string name in row.Targets.Where(options.WantsTarget))
        {
            targets.Add(await lab.GetAsync(name));
        }

        return targets;
    }

    private async Task TryAsync(Part part)
    {
        try
        {
            await part.Measure();
        }
        catch (Exception failure) when (failure is BenchException or RpcException or TimeoutException)
        {
            _figures.Failures.Add($"{part.Name}: {failure.Message}");
            Console.Error.WriteLine(_figures.Failures[^1]);
        }
    }

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

    private sealed record Part(string Name, Func<Task> Measure)
    {
        /// <summary>Takes minutes, however short a turn is; a quick run has it only when it is named.</summary>
        public bool Long { get; init; }
    }
}
