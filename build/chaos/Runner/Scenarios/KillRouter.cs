namespace GrpcRouter.Chaos;

internal sealed class KillRouter : Scenario
{
    public override string Name => "kill-router";

    public override string Title => "the only router is killed and comes back: so do all instances and clients";

    public override Promise Promise => Promise.None;

    public override IReadOnlyList<string> ExpectedLog { get; } = ["Lost"];

    public override async Task RunAsync(Lab lab, Random random)
    {
        await lab.Routers[0].KillAsync();
        await lab.StartRouterAsync(0);
        await lab.WhenReadyAsync();
        await lab.WhenServedAsync(100 + random.Next(100));
    }
}
