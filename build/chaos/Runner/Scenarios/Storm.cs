namespace GrpcRouter.Chaos;

/// <summary>Several things at once, as they come.</summary>
internal sealed class Storm : Scenario
{
    public override string Name => "storm";

    public override string Title => "two instances and perhaps a router are in trouble at the same time";

    public override LabSetup Setup { get; } = new(
        Routers: 2, Instances: 4, Linked: true, KeepAliveInterval: TimeSpan.FromSeconds(0.5), KeepAliveTimeout: TimeSpan.FromSeconds(1));

    public override Promise Promise => Promise.None;

    public override IReadOnlyList<string> ExpectedLog { get; } = ["Lost", "ChannelErrorReported"];

    public override async Task RunAsync(Lab lab, Random random)
    {
        string[] instances = [.. lab.Instances];
        random.Shuffle(instances);
        Func<Task> healFirst = await HarmAsync(lab, instances[0], random);
        Func<Task> healSecond = await HarmAsync(lab, instances[1], random);
        Func<Task> healRouter = random.Next(2) == 0 ? await KillRouterAsync(lab, random.Next(lab.Routers.Length)) : static () => Task.CompletedTask;
        await lab.WhenServedAsync(50 + random.Next(200));
        await healFirst();
        await healRouter();
        await healSecond();
        await lab.WhenReadyAsync();
        await lab.WhenServedByAsync(instances[0], 5);
        await lab.WhenServedByAsync(instances[1], 5);
    }

    /// <summary>Does something to an instance, and gives what undoes it.</summary>
    private static async Task<Func<Task>> HarmAsync(Lab lab, string victim, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                await lab.KillInstanceAsync(victim);
                return () => Done(() => lab.StartInstance(victim));
            case 1:
                await lab.Instance(victim).FreezeAsync();
                return lab.Instance(victim).ThawAsync;
            case 2:
                Link link = random.Among([.. lab.LinksOf(victim)]);
                link.Cut();
                return () => Done(link.Heal);
            case 3:
                await lab.Instance(victim).SlowDownAsync(random.Next(300));
                return () => lab.Instance(victim).SlowDownAsync(0);
            default:
                await lab.TerminateInstanceAsync(victim);
                return () => Done(() => lab.StartInstance(victim));
        }
    }

    private static async Task<Func<Task>> KillRouterAsync(Lab lab, int index)
    {
        await lab.Routers[index].KillAsync();
        return () => lab.StartRouterAsync(index);
    }

    private static Task Done(Action step)
    {
        step();
        return Task.CompletedTask;
    }
}
