namespace GrpcRouter.Chaos;

internal sealed class FreezeInstance : Scenario
{
    public override string Name => "freeze-instance";

    public override string Title => "an instance stops for longer than the keepalive, and wakes up: what it had is over, and it serves again";

    public override LabSetup Setup { get; } = new(KeepAliveInterval: TimeSpan.FromSeconds(0.5), KeepAliveTimeout: TimeSpan.FromSeconds(1));

    public override Promise Promise => Promise.Idempotent;

    public override IReadOnlyList<string> ExpectedLog { get; } = ["Lost", "ChannelErrorReported"];

    public override async Task RunAsync(Lab lab, Random random)
    {
        string victim = random.Among(lab.Instances);
        await lab.Instance(victim).FreezeAsync();
        await lab.WhenOverAsync();
        await lab.WhenRegisteredAsync(lab.Routers[0], lab.Instances.Except([victim]));
        await lab.WhenServedAsync(50 + random.Next(100));
        await lab.Instance(victim).ThawAsync();
        await lab.WhenReadyAsync();
        await lab.WhenServedByAsync(victim, 20);
    }
}
