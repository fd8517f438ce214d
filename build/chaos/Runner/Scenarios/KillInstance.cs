namespace GrpcRouter.Chaos;

internal sealed class KillInstance : Scenario
{
    public override string Name => "kill-instance";

    public override string Title => "an instance is killed, and later another takes its place";

    public override Promise Promise => Promise.Idempotent;

    public override async Task RunAsync(Lab lab, Random random)
    {
        string victim = random.Among(lab.Instances);
        await lab.KillInstanceAsync(victim);
        await lab.WhenReadyAsync();
        await lab.WhenServedAsync(50 + random.Next(100));
        lab.StartInstance($"{victim}-next");
        await lab.WhenReadyAsync();
        await lab.WhenServedByAsync($"{victim}-next", 20);
    }
}
