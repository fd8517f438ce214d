namespace GrpcRouter.Chaos;

internal sealed class CutLink : Scenario
{
    public override string Name => "cut-link";

    public override string Title => "the link of an instance passes nothing on, without an end or a reset, and is healed";

    public override LabSetup Setup { get; } = new(Linked: true, KeepAliveInterval: TimeSpan.FromSeconds(0.5), KeepAliveTimeout: TimeSpan.FromSeconds(1));

    public override Promise Promise => Promise.Idempotent;

    public override IReadOnlyList<string> ExpectedLog { get; } = ["Lost", "ChannelErrorReported"];

    public override async Task RunAsync(Lab lab, Random random)
    {
        string victim = random.Among(lab.Instances);
        Link link = lab.LinksOf(victim).Single();
        link.Cut();
        await lab.WhenOverAsync();
        await lab.WhenRegisteredAsync(lab.Routers[0], lab.Instances.Except([victim]));
        await lab.Phase.WaitAsync($"{victim} has no handler left", async () => (await lab.Instance(victim).CountAsync()).Handlers == 0);
        await lab.WhenServedAsync(50 + random.Next(100));
        link.Heal();
        await lab.WhenReadyAsync();
        await lab.WhenServedByAsync(victim, 20);
    }
}
