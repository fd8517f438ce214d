namespace GrpcRouter;

/// <summary>
/// A fresh instance gets its load step by step. For <c>round_robin</c>, <c>weighted_round_robin</c>, <c>least_request</c>, <c>power_of_two</c> and <c>peak_ewma</c>.
/// </summary>
public sealed class SlowStartOptions
{
    /// <summary>Time after which an instance gets its full share. Zero: at once. Default zero.</summary>
    public TimeSpan? Window { get; set; }

    /// <summary>How the share grows: with 1 in proportion to the time, with more faster at the beginning. Positive; default 1.</summary>
    public double? Aggression { get; set; }

    /// <summary>What it begins with, in percent of the full share, 1 to 100. Default 10.</summary>
    public int? MinWeightPercent { get; set; }
}
