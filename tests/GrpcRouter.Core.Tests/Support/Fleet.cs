namespace GrpcRouter.Core.Tests;

/// <summary>Instances without channels, a clock, and the detector that judges them.</summary>
internal sealed class Fleet
{
    private readonly ManualTimeProvider time = new();
    private readonly OutlierDetector detector;

    public Fleet(int count, OutlierPlan? plan, ulong seed = 1)
    {
        Instances = [.. Enumerable.Range(0, count).Select(static number => new ServiceInstance($"i{number}"))];
        detector = new OutlierDetector(new PickRandom(seed), time);
        detector.Configure(plan, Instances, time.GetTimestamp());
    }

    public ServiceInstance[] Instances { get; }

    /// <summary>Numbers of those that are ejected.</summary>
    public int[] Ejected => [.. Enumerable.Range(0, Instances.Length).Where(number => Instances[number].IsEjected)];

    /// <summary>The intervals are 10 s, the first ejection takes 30 s, the longest 100 s.</summary>
    public static OutlierPlan Plan(OutlierPlan.Rule? successRate = null, OutlierPlan.Rule? failurePercentage = null, int maxEjectionPercent = 100) =>
        new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(100), maxEjectionPercent, successRate, failurePercentage);

    public Fleet Calls(int number, int successes, int failures)
    {
        for (int i = 0; i < successes + failures; i++)
        {
            Instances[number].RecordOutcome(i < successes);
        }

        return this;
    }

    public Fleet CallsEverywhere(int successes, int failures)
    {
        for (int i = 0; i < Instances.Length; i++)
        {
            Calls(i, successes, failures);
        }

        return this;
    }

    /// <summary>Lets an interval pass, and a moment, because an ejection is over only after its time.</summary>
    public OutlierChange[] Interval(double seconds = 10.001)
    {
        time.Advance(TimeSpan.FromSeconds(seconds));
        return detector.IsDue(time.GetTimestamp()) ? [.. detector.Step(Instances, time.GetTimestamp())] : [];
    }

    public OutlierChange[] Configure(OutlierPlan? plan) => [.. detector.Configure(plan, Instances, time.GetTimestamp())];
}
