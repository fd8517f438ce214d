namespace GrpcRouter.Chaos;

internal sealed class SlowInstance : Scenario
{
    public override string Name => "slow-instance";

    public override string Title => "an instance becomes slow for a while; nothing fails";

    public override Promise Promise => Promise.All;

    public override async Task RunAsync(Lab lab, Random random)
    {
        string victim = random.Among(lab.Instances);
        await lab.Instance(victim).SlowDownAsync(100 + random.Next(200));
        await lab.WhenServedAsync(100 + random.Next(100));
        await lab.WhenServedByAsync(victim, 5);
        await lab.Instance(victim).SlowDownAsync(0);
        await lab.WhenServedByAsync(victim, 30);
    }
}
