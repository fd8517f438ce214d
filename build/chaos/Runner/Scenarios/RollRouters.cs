namespace GrpcRouter.Chaos;

internal sealed class RollRouters : Scenario
{
    public override string Name => "roll-routers";

    public override string Title => "two routers are replaced, one after the other; nothing fails";

    public override LabSetup Setup { get; } = new(Routers: 2);

    public override Promise Promise => Promise.All;

    // An instance dials anew as soon as it is drained, and a router that is still there turns it away.
    public override IReadOnlyList<string> ExpectedLog { get; } = ["Lost", "RegistrationRefused"];

    public override async Task RunAsync(Lab lab, Random random)
    {
        int first = random.Next(2);
        foreach (int index in new[] { first, 1 - first })
        {
            RouterProcess old = lab.Routers[index];
            old.Terminate();
            await lab.Phase.WaitAsync($"{old.Name} has left", old.WhenEndedAsync());
            await lab.WhenServedAtAsync(1 - index, 50);
            await lab.StartRouterAsync(index);
            await lab.WhenReadyAsync();
        }

        await lab.WhenServedAtAsync(first, 50);
    }
}
