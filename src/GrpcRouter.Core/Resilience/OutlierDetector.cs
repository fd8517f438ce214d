using System.Globalization;

namespace GrpcRouter;

/// <summary>
/// Ejects instances that fail more than others, for a while (gRFC A50). A step function: what has ended since the last step goes in, whose state has changed comes out.
/// Used by one thread at a time.
/// </summary>
/// <param name="random">Decides where an outlier is ejected with a probability only.</param>
/// <param name="time">Measures the distance of timestamps.</param>
internal sealed class OutlierDetector(PickRandom random, TimeProvider time)
{
    private readonly List<(ServiceInstance Instance, long Successes, long Total)> counted = [];
    private readonly List<OutlierChange> changes = [];
    private OutlierPlan? plan;
    private long startedAt;
    private int ejected;

    /// <summary>Takes other rules. The interval under way is not begun anew; without rules all ejections end.</summary>
    /// <returns>What has changed; good until the next call.</returns>
    public IReadOnlyList<OutlierChange> Configure(OutlierPlan? next, IReadOnlyList<ServiceInstance> instances, long now)
    {
        changes.Clear();
        if (plan is null && next is not null)
        {
            startedAt = now;
            foreach (ServiceInstance instance in instances)
            {
                instance.Outlier.Outcomes.Take();
            }
        }

        plan = next;
        if (next is null)
        {
            foreach (ServiceInstance instance in instances)
            {
                instance.Outlier.Multiplier = 0;
                if (instance.IsEjected)
                {
                    Return(instance);
                }
            }
        }

        return changes;
    }

    /// <summary>It is time for the next step.</summary>
    public bool IsDue(long now) => plan is { } rules && time.GetElapsedTime(startedAt, now) >= rules.Interval;

    /// <summary>Judges the instances by the interval that has passed.</summary>
    /// <returns>What has changed; good until the next call.</returns>
    public IReadOnlyList<OutlierChange> Step(IReadOnlyList<ServiceInstance> instances, long now)
    {
        changes.Clear();
        if (plan is not { } rules)
        {
            return changes;
        }

        // Counted on from when it was due, or steps would come later and later; only a clock that stood still is not caught up with.
        startedAt += (long)(rules.Interval.TotalSeconds * time.TimestampFrequency);
        if (IsDue(now))
        {
            startedAt = now;
        }

        Count(instances);
        if (rules.SuccessRate is { } rate)
        {
            JudgeSuccessRate(rate, rules, instances.Count, now);
        }

        if (rules.FailurePercentage is { } failures)
        {
            JudgeFailurePercentage(failures, rules, instances.Count, now);
        }

        foreach (ServiceInstance instance in instances)
        {
            Settle(instance, rules, now);
        }

        return changes;
    }

    private void Count(IReadOnlyList<ServiceInstance> instances)
    {
        counted.Clear();
        ejected = 0;
        foreach (ServiceInstance instance in instances)
        {
            (uint successes, uint failures) = instance.Outlier.Outcomes.Take();
            counted.Add((instance, successes, (long)successes + failures));
            ejected += instance.IsEjected ? 1 : 0;
        }
    }

    private void JudgeSuccessRate(OutlierPlan.Rule rule, OutlierPlan rules, int instances, long now)
    {
        double[] rates = [.. counted.Where(entry => IsEnough(entry.Total, rule)).Select(static entry => (double)entry.Successes / entry.Total)];
        if (rates.Length == 0 || rates.Length < rule.MinimumHosts)
        {
            return;
        }

        double mean = rates.Average();
        double deviation = Math.Sqrt(rates.Average(rate => (rate - mean) * (rate - mean)));
        double bound = mean - (deviation * rule.Threshold / 1000);
        foreach ((ServiceInstance instance, long successes, long total) in counted)
        {
            if (IsFull(rules, instances))
            {
                return;
            }

            if (IsEnough(total, rule) && (double)successes / total < bound && IsEnforced(instance, rule))
            {
                Eject(instance, now, string.Create(CultureInfo.InvariantCulture, $"{successes} of {total} calls succeeded, less than {bound:P1}; the mean is {mean:P1}."));
            }
        }
    }

    private void JudgeFailurePercentage(OutlierPlan.Rule rule, OutlierPlan rules, int instances, long now)
    {
        if (counted.Count(entry => IsEnough(entry.Total, rule)) < rule.MinimumHosts)
        {
            return;
        }

        foreach ((ServiceInstance instance, long successes, long total) in counted)
        {
            if (IsFull(rules, instances))
            {
                return;
            }

            long failures = total - successes;
            if (IsEnough(total, rule) && failures * 100 > rule.Threshold * total && IsEnforced(instance, rule))
            {
                Eject(instance, now, string.Create(CultureInfo.InvariantCulture, $"{failures} of {total} calls failed, more than {rule.Threshold} %."));
            }
        }
    }

    private static bool IsEnough(long total, OutlierPlan.Rule rule) => total > 0 && total >= rule.RequestVolume;

    private bool IsFull(OutlierPlan rules, int instances) => ejected * 100L >= (long)rules.MaxEjectionPercent * instances;

    // Calls that end late, or a panic, may show an ejected one failing; its time runs on, or it would never come back to be judged anew.
    private bool IsEnforced(ServiceInstance instance, OutlierPlan.Rule rule) => !instance.IsEjected && random.Next(100) < rule.EnforcementPercentage;

    private void Eject(ServiceInstance instance, long now, string reason)
    {
        ejected++;
        instance.Outlier.EjectedAt = now;
        instance.Outlier.Multiplier++;
        instance.SetEjected(reason);
        changes.Add(new OutlierChange(instance, reason));
    }

    private void Settle(ServiceInstance instance, OutlierPlan rules, long now)
    {
        OutlierState state = instance.Outlier;
        if (!instance.IsEjected)
        {
            state.Multiplier = Math.Max(0, state.Multiplier - 1);
        }
        else if (time.GetElapsedTime(state.EjectedAt, now) > rules.EjectionTime(state.Multiplier))
        {
            Return(instance);
        }
    }

    private void Return(ServiceInstance instance)
    {
        instance.SetEjected(null);
        changes.Add(new OutlierChange(instance, null));
    }
}
