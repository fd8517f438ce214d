namespace GrpcRouter.Bench;

/// <summary>
/// Puts trouble beside well-behaved calls on one registration channel, and shows what they notice. A second router with the same
/// trouble tells what the machine's share is.
/// </summary>
internal sealed class IsolationRun(Lab lab, RunnerOptions options)
{
    public const string Name = "isolation";

    private const int StalledStreams = 10_000;
    private const int Mebibyte = 1024 * 1024;

    private readonly List<IsolationFigure> _figures = [];

    public async Task<IReadOnlyList<IsolationFigure>> AllAsync()
    {
        Target target = await lab.StartRouterAsync("isolation", "Instance", "1", "1");
        Target other = await lab.StartRouterAsync("elsewhere", "Instance", "1", "1");
        await Lab.WarmUpAsync(target);
        await Lab.WarmUpAsync(other);
        await NeighboursAsync(target, other);
        await FairnessAsync(target);
        await StalledAsync(target);
        lab.Stop(target);
        lab.Stop(other);
        return _figures;
    }

    private async Task NeighboursAsync(Target target, Target other)
    {
        HostProcess router = (HostProcess)target.Front!;
        List<(LoadResult Alone, LoadResult Beside, LoadResult Elsewhere)> rounds = [];
        ProcessStats before = await SettledAsync(router);
        using (await StuckStreams.OpenAsync(target.Port, 1, Mebibyte))
        {
            ProcessStats stuck = await SettledAsync(router);
            Add("router's heap for a stuck stream of 1 GiB", 0, Math.Max(0, stuck.HeapBytes - before.HeapBytes) / 1024.0, "KiB");
        }

        for (int round = 0; round < options.Rounds; round++)
        {
            LoadResult alone = await SmallCallsAsync(target);
            rounds.Add((alone, await BesideAsync(target, target), await BesideAsync(target, other)));
        }

        foreach ((string name, Func<LoadResult, double?> figure) in new (string, Func<LoadResult, double?>)[] { ("p50", static result => result.P50), ("p99", static result => result.P99) })
        {
            double? alone = Statistics.Median(rounds.Select(round => figure(round.Alone)));
            Add($"{name} of small calls beside a stuck and a greedy stream on their channel", alone, Statistics.Median(rounds.Select(round => figure(round.Beside))), "us");
            Add($"{name} of small calls, the same streams at another router of the machine", alone, Statistics.Median(rounds.Select(round => figure(round.Elsewhere))), "us");
        }
    }

    private async Task<LoadResult> BesideAsync(Target target, Target troubled)
    {
        using StuckStreams stuck = await StuckStreams.OpenAsync(troubled.Port, 1, Mebibyte);
        await using Greed greed = new(troubled.Port, Requests.FetchMany(64), 1, 1);
        await greed.StartAsync();
        return await SmallCallsAsync(target);
    }

    private async Task FairnessAsync(Target target)
    {
        List<(LoadResult Alone, LoadResult Beside)> rounds = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            LoadResult alone = await ModestStream.RunAsync(target.Port, options.SecondsOfTurn);
            await using Greed greed = new(target.Port, Requests.FetchMany(4), 4, 25);
            await greed.StartAsync();
            rounds.Add((alone, await ModestStream.RunAsync(target.Port, options.SecondsOfTurn)));
        }

        Add("round trips a second of a modest stream beside 100 greedy ones", Statistics.Median(rounds.Select(static round => (double?)round.Alone.Rate)), Statistics.Median(rounds.Select(static round => (double?)round.Beside.Rate)), "1/s");
        Add("p50 of its round trips", Statistics.Median(rounds.Select(static round => round.Alone.P50)), Statistics.Median(rounds.Select(static round => round.Beside.P50)), "us");
        Add("p99 of its round trips", Statistics.Median(rounds.Select(static round => round.Alone.P99)), Statistics.Median(rounds.Select(static round => round.Beside.P99)), "us");
    }

    private async Task StalledAsync(Target target)
    {
        HostProcess router = (HostProcess)target.Front!;
        LoadResult callsBefore = await SmallCallsAsync(target);
        ProcessStats before = await SettledAsync(router);
        using (await StuckStreams.OpenAsync(target.Port, StalledStreams, 1024))
        {
            ProcessStats stalled = await SettledAsync(router);
            Add($"router's resident memory with {StalledStreams:#,0} stalled streams", before.WorkingSet / Mebibyte, stalled.WorkingSet / Mebibyte, "MiB");
            Add("router's managed heap with them", before.HeapBytes / Mebibyte, stalled.HeapBytes / Mebibyte, "MiB");
            LoadResult calls = await SmallCallsAsync(target);
            Add("p50 of small calls beside them", callsBefore.P50, calls.P50, "us");
        }

        ProcessStats after = await SettledAsync(router);
        Add("router's resident memory when their clients have left", before.WorkingSet / Mebibyte, after.WorkingSet / Mebibyte, "MiB");
        Add("router's managed heap when their clients have left", before.HeapBytes / Mebibyte, after.HeapBytes / Mebibyte, "MiB");
    }

    private Task<LoadResult> SmallCallsAsync(Target target) =>
        lab.Load.MeasureAsync(new H2LoadRequest(target.Port, Requests.SayHello) { Calls = (int)(4000 * options.SecondsOfTurn), Times = true });

    // Nothing moves any more when a process hardly uses its cores.
    private static async Task<ProcessStats> SettledAsync(HostProcess process)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(300);
        ProcessStats stats = await process.StatsAsync();
        while (true)
        {
            await Task.Delay(pause);
            ProcessStats next = await process.StatsAsync();
            if (next.CpuMicroseconds - stats.CpuMicroseconds < pause.TotalMicroseconds / 50)
            {
                return await process.StatsAsync(collect: true);
            }

            stats = next;
        }
    }

    private void Add(string what, double? alone, double? beside, string unit)
    {
        _figures.Add(new IsolationFigure(what, alone, beside ?? double.NaN, unit));
        Console.WriteLine($"{what}: {alone:#,0.#} {unit} alone, {beside:#,0.#} {unit}");
    }
}
