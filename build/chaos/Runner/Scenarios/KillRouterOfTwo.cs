namespace GrpcRouter.Chaos;

internal sealed class KillRouterOfTwo : Scenario
{
    public override string Name => "kill-router-of-two";

    public override string Title => "one of two routers is killed: clients go on at the other, until it dies in its turn";

    public override LabSetup Setup { get; } = new(Routers: 2);

    public override Promise Promise => Promise.None;

    public override IReadOnlyList<string> ExpectedLog { get; } = ["Lost"];

    public override async Task RunAsync(Lab lab, Random random)
    {
        int victim = random.Next(2);
        for (int round = 0; round < 2; round++)
        {
            await lab.Routers[victim].KillAsync();
            await lab.WhenServedAtAsync(1 - victim, 50 + random.Next(100));
            await lab.StartRouterAsync(victim);
            await lab.WhenReadyAsync();
            victim = 1 - victim;
        }

        await lab.WhenServedAtAsync(victim, 50);
    }
}
