namespace GrpcRouter;

/// <summary>
/// Leaves instances out that fail more than others, for a while (gRFC A50). Off unless <see cref="SuccessRate"/> or <see cref="FailurePercentage"/> is set.
/// </summary>
public sealed class OutlierDetectionOptions
{
    /// <summary>How often instances are judged, in steps of a second. Positive; default 10 s.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>Time of the first ejection; each further one takes as much longer. Positive; default 30 s.</summary>
    public TimeSpan? BaseEjectionTime { get; set; }

    /// <summary>Longest ejection. Positive; default 300 s, or <see cref="BaseEjectionTime"/> where that is longer.</summary>
    public TimeSpan? MaxEjectionTime { get; set; }

    /// <summary>
    /// Share of instances that may be ejected at once, in percent, 0 to 100. Looked at before each ejection, so that anything above 0 allows at least one. Default 10.
    /// </summary>
    public int? MaxEjectionPercent { get; set; }

    /// <summary>Ejects who succeeds less than the mean by some standard deviations. Default: off.</summary>
    public SuccessRateEjectionOptions? SuccessRate { get; set; }

    /// <summary>Ejects who fails more than a share of its calls. Default: off.</summary>
    public FailurePercentageEjectionOptions? FailurePercentage { get; set; }
}
