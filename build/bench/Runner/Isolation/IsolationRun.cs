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
        Target target = await lab.AddInstancesAsync(await lab.StartRouterAsync("isolation"), "Instance", 1, 1);
        Target other = await lab.AddInstancesAsync(await lab.StartRouterAsync("elsewhere"), "Instance", 1, 1);
        await Lab.WarmUpAsync(target);
        await Lab.WarmUpAsync(other);
        await NeighboursAsync(target, other);
        await FairnessAsync(target, other);
        await StalledAsync(target);
        lab.Stop(target);
        lab.Stop(other);
        return _figures;
    }

    private async Task NeighboursAsync(Target target, Target other)
    {
        HostProcess router = (HostProcess)target.Front!;
        ProcessStats before = await SettledAsync(router);
        using (await StuckStreams.OpenAsync(target.Port, 1, Mebibyte))
        {
            ProcessStats stuck = await SettledAsync(router);
            Add(new("stuck", "a stuck stream of 1 GiB: the router's heap grows by", "KiB", null, Math.Max(0, stuck.HeapBytes - before.HeapBytes) / 1024.0));
        }

        List<LoadResult> alone = [], beside = [], elsewhere = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            alone.Add(await SmallCallsAsync(target));
            elsewhere.Add(await BesideAsync(target, other));
            beside.Add(await BesideAsync(target, target));
        }

        const string Trouble = "a stuck stream and a greedy one on the channel";
        Add(new("neighbours-p50", $"{Trouble}: p50 of small calls", "us", P50(alone), P50(beside), P50(elsewhere)));
        Add(new("neighbours-p99", $"{Trouble}: p99 of small calls", "us", P99(alone), P99(beside), P99(elsewhere)));
    }

    private async Task<LoadResult> BesideAsync(Target target, Target troubled)
    {
        using StuckStreams stuck = await StuckStreams.OpenAsync(troubled.Port, 1, Mebibyte);
        await using Greed greed = new(troubled.Port, Requests.FetchMany(64), 1, 1);
        await greed.StartAsync();
        return await SmallCallsAsync(target);
    }

    private async Task FairnessAsync(Target target, Target other)
    {
        List<LoadResult> alone = [], beside = [], elsewhere = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            alone.Add(await ModestStream.RunAsync(target.Port, options.SecondsOfTurn));
            elsewhere.Add(await ModestBesideAsync(target, other));
            beside.Add(await ModestBesideAsync(target, target));
        }

        const string Trouble = "100 greedy streams on the channel";
        Add(new("modest-rate", $"{Trouble}: round trips of a modest one", "a second", Rate(alone), Rate(beside), Rate(elsewhere)));
        Add(new("modest-p50", $"{Trouble}: p50 of its round trips", "us", P50(alone), P50(beside), P50(elsewhere)));
        Add(new("modest-p99", $"{Trouble}: p99 of its round trips", "us", P99(alone), P99(beside), P99(elsewhere)));
    }

    private async Task<LoadResult> ModestBesideAsync(Target target, Target troubled)
    {
        await using Greed greed = new(troubled.Port, Requests.FetchMany(4), 4, 25);
        await greed.StartAsync();
        return await ModestStream.RunAsync(target.Port, options.SecondsOfTurn);
    }

    private async Task StalledAsync(Target target)
    {
        HostProcess router = (HostProcess)target.Front!;
        LoadResult callsBefore = await SmallCallsAsync(target);
        ProcessStats before = await SettledAsync(router);
        string trouble = $"{StalledStreams:#,0} stalled streams";
        using (await StuckStreams.OpenAsync(target.Port, StalledStreams, 1024))
        {
            ProcessStats stalled = await SettledAsync(router);
            Add(new("stalled-heap", $"{trouble}: the router's heap", "MiB", Mebibytes(before.HeapBytes), Mebibytes(stalled.HeapBytes)));
            Add(new("stalled-memory", $"{trouble}: its resident memory", "MiB", Mebibytes(before.WorkingSet), Mebibytes(stalled.WorkingSet)));
            LoadResult calls = await SmallCallsAsync(target);
            Add(new("stalled-p50", $"{trouble}: p50 of small calls", "us", callsBefore.P50, calls.P50));
        }

        ProcessStats after = await ReturnedAsync(router, before);
        Add(new("left-heap", "when their clients have left: the router's heap", "MiB", Mebibytes(before.HeapBytes), Mebibytes(after.HeapBytes)));
        Add(new("left-memory", "when their clients have left: its resident memory", "MiB", Mebibytes(before.WorkingSet), Mebibytes(after.WorkingSet)));
    }

    // Kestrel's pools give memory back over some time of rest.
    private static async Task<ProcessStats> ReturnedAsync(HostProcess router, ProcessStats before)
    {
        ProcessStats after = await SettledAsync(router);
        for (int wait = 0; wait < 10 && after.HeapBytes > before.HeapBytes * 1.2; wait++)
        {
            await Task.Delay(TimeSpan.FromSeconds(3));
            after = await SettledAsync(router);
        }

        return after;
    }

    private static double? P50(List<LoadResult> rounds) => Statistics.Median(rounds.Select(static round => round.P50));

    private static double? P99(List<LoadResult> rounds) => Statistics.Median(rounds.Select(static round => round.P99));

    private static double? Rate(List<LoadResult> rounds) => Statistics.Median(rounds.Select(static round => (double?)round.Rate));

    private static double Mebibytes(long bytes) => bytes / (double)Mebibyte;

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

    private void Add(IsolationFigure figure)
    {
        _figures.Add(figure);
        Console.WriteLine($"{figure.What}: {figure.Alone:#,0} alone, {figure.Elsewhere:#,0} elsewhere, {figure.Beside:#,0} {figure.Unit}");
    }
}
