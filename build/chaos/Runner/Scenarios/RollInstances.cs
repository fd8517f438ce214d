namespace GrpcRouter.Chaos;

internal sealed class RollInstances : Scenario
{
    public override string Name => "roll-instances";

    public override string Title => "all instances are replaced, one after the other; nothing fails";

    public override Promise Promise => Promise.All;

    public override async Task RunAsync(Lab lab, Random random)
    {
        foreach (string old in lab.Instances)
        {
            // Some deployments start the new one first, others stop the old one first.
            bool surge = random.Next(2) == 0;
            if (surge)
            {
                lab.StartInstance($"{old}-next");
                await lab.WhenReadyAsync();
            }

            await lab.TerminateInstanceAsync(old);
            if (!surge)
            {
                lab.StartInstance($"{old}-next");
            }

            await lab.WhenReadyAsync();
            await lab.WhenServedByAsync($"{old}-next", 10);
        }
    }
}
