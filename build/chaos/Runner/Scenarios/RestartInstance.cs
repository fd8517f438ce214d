namespace GrpcRouter.Chaos;

internal sealed class RestartInstance : Scenario
{
    public override string Name => "restart-instance";

    public override string Title => "an instance is killed and comes back at once under the same name";

    public override Promise Promise => Promise.Idempotent;

    public override async Task RunAsync(Lab lab, Random random)
    {
        for (int round = 0; round < 2; round++)
        {
            string victim = random.Among(lab.Instances);
            await lab.KillInstanceAsync(victim);
            lab.StartInstance(victim);
            await lab.WhenReadyAsync();
            await lab.WhenServedByAsync(victim, 10 + random.Next(20));
        }
    }
}
