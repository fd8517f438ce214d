namespace GrpcRouter.Bench;

/// <summary>Many instances against few: what picking one and keeping book of all costs a call, and what an idle one costs in memory.</summary>
internal sealed class FleetRun(Lab lab, RunnerOptions options)
{
    public const string Name = "fleet";
    public const string OneName = "fleet-one";

    private const int Few = 10;
    private const int Many = 10_000;

    public static string FewName { get; } = $"router, {Few} instances";

    public static string ManyName { get; } = $"router, {Many:#,0} instances";

    /// <summary>Router memory for an idle instance in bytes.</summary>
    public double? BytesPerInstance { get; private set; }

    /// <summary>The direct server's memory for an idle connection with one open stream, which is Kestrel's share of that.</summary>
    public double? BytesPerStream { get; private set; }

    // With many calls at once, few channels carry each other's frames in one write, and many do not. One call at a time has none of that on either side.
    private static readonly Row[] Rows =
    [
        new H2LoadRow(Name, $"unary, 11 B, {Few} and {Many:#,0} instances", Requests.SayHello),
        new H2LoadRow(OneName, $"one call at a time, {Few} and {Many:#,0} instances", Requests.SayHello) { Connections = 1, Streams = 1, Latency = true },
    ];

    public async Task<IReadOnlyList<RowResult>> RunAsync()
    {
        Target few = await lab.AddInstancesAsync(await lab.StartRouterAsync(FewName), "Fleet", Few);
        Target plain = await lab.StartServerAsync("direct, idle streams");
        (plain, BytesPerStream) = await GrowthAsync(plain, () => lab.AddStreamsAsync(plain, Many));
        lab.Stop(plain);
        Target many = await lab.StartRouterAsync(ManyName);
        (many, BytesPerInstance) = await GrowthAsync(many, () => lab.AddInstancesAsync(many, "Fleet", Many));
        Console.WriteLine($"an idle instance: {BytesPerInstance / 1024:0.0} KiB of router memory; a connection with a stream at the direct server: {BytesPerStream / 1024:0.0} KiB");
        await Lab.WarmUpAsync(few);
        await Lab.WarmUpAsync(many);
        List<RowResult> results = [];
        foreach (Row row in Rows)
        {
            results.Add(await RowRun.RunAsync(lab, row, [few, many], options));
        }

        lab.Stop(few);
        lab.Stop(many);
        return results;
    }

    private static async Task<(Target Target, double BytesEach)> GrowthAsync(Target target, Func<Task<Target>> add)
    {
        HostProcess host = (HostProcess)target.Front!;
        ProcessStats before = await host.StatsAsync(collect: true);
        Target grown = await add();

        // Pages go back to the system only with the second collection in a row.
        await host.StatsAsync(collect: true);
        ProcessStats after = await host.StatsAsync(collect: true);
        return (grown, (after.WorkingSet - before.WorkingSet) / (double)Many);
    }
}
