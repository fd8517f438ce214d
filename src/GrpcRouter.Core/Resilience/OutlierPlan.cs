namespace GrpcRouter;

/// <summary>When instances are ejected (gRFC A50), with all defaults filled in.</summary>
/// <param name="Interval">How often they are judged.</param>
/// <param name="BaseEjectionTime">Time of the first ejection.</param>
/// <param name="MaxEjectionTime">Longest ejection, unless the first is longer.</param>
/// <param name="MaxEjectionPercent">At this share of ejected instances no more are ejected.</param>
/// <param name="SuccessRate">Null: not judged by it.</param>
/// <param name="FailurePercentage">Null: not judged by it.</param>
internal sealed record OutlierPlan(
    TimeSpan Interval,
    TimeSpan BaseEjectionTime,
    TimeSpan MaxEjectionTime,
    int MaxEjectionPercent,
    OutlierPlan.Rule? SuccessRate,
    OutlierPlan.Rule? FailurePercentage)
{
    /// <summary>Puts the options of all scopes together.</summary>
    /// <returns>Null when instances are not judged at all.</returns>
    public static OutlierPlan? Create(OptionScopes scopes)
    {
        SuccessRateEjectionOptions? rate = scopes.OfService(static options => options.OutlierDetection.SuccessRate);
        FailurePercentageEjectionOptions? failures = scopes.OfService(static options => options.OutlierDetection.FailurePercentage);
        if (rate is null && failures is null)
        {
            return null;
        }

        return new OutlierPlan(
            scopes.OfService(static options => options.OutlierDetection.Interval) ?? TimeSpan.FromSeconds(10),
            scopes.OfService(static options => options.OutlierDetection.BaseEjectionTime) ?? TimeSpan.FromSeconds(30),
            scopes.OfService(static options => options.OutlierDetection.MaxEjectionTime) ?? TimeSpan.FromSeconds(300),
            scopes.OfService(static options => options.OutlierDetection.MaxEjectionPercent) ?? 10,
            rate is null ? null : new Rule(rate.StdevFactor ?? 1900, rate.EnforcementPercentage ?? 100, rate.MinimumHosts ?? 5, rate.RequestVolume ?? 100),
            failures is null ? null : new Rule(failures.Threshold ?? 85, failures.EnforcementPercentage ?? 100, failures.MinimumHosts ?? 5, failures.RequestVolume ?? 50));
    }

    /// <summary>How long an instance is ejected.</summary>
    /// <param name="multiplier">1 for the first ejection.</param>
    public TimeSpan EjectionTime(int multiplier)
    {
        TimeSpan longest = MaxEjectionTime > BaseEjectionTime ? MaxEjectionTime : BaseEjectionTime;
        return multiplier >= longest / BaseEjectionTime ? longest : BaseEjectionTime * multiplier;
    }

    /// <summary>One of the two algorithms.</summary>
    /// <param name="Threshold">Thousandths of a standard deviation below the mean, or failed calls in percent.</param>
    /// <param name="EnforcementPercentage">Probability that an outlier is ejected.</param>
    /// <param name="MinimumHosts">Instances with enough calls that there must be.</param>
    /// <param name="RequestVolume">Calls that are enough.</param>
    internal sealed record Rule(int Threshold, int EnforcementPercentage, int MinimumHosts, int RequestVolume);
}
