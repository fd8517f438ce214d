namespace GrpcRouter;

/// <summary>Ejection by the share of failed calls (gRFC A50, "Failure percentage algorithm").</summary>
public sealed class FailurePercentageEjectionOptions
{
    /// <summary>Failed calls in percent above which an instance is ejected, 0 to 100. Default 85.</summary>
    public int? Threshold { get; set; }

    /// <summary>Probability that one that should be ejected is, in percent, 0 to 100. Default 100.</summary>
    public int? EnforcementPercentage { get; set; }

    /// <summary>Instances with enough calls that there must be. Default 5.</summary>
    public int? MinimumHosts { get; set; }

    /// <summary>Calls in an interval that make an instance count. Default 50.</summary>
    public int? RequestVolume { get; set; }
}
