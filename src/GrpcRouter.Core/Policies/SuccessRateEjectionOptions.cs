namespace GrpcRouter;

/// <summary>Ejection by success rate, compared with the other instances (gRFC A50, "Success rate algorithm").</summary>
public sealed class SuccessRateEjectionOptions
{
    /// <summary>Thousandths of a standard deviation below the mean at which an instance is ejected. 0 and more; default 1,900.</summary>
    public int? StdevFactor { get; set; }

    /// <summary>Probability that one that should be ejected is, in percent, 0 to 100. Default 100.</summary>
    public int? EnforcementPercentage { get; set; }

    /// <summary>Instances with enough calls that there must be. Default 5.</summary>
    public int? MinimumHosts { get; set; }

    /// <summary>Calls in an interval that make an instance count. Default 100.</summary>
    public int? RequestVolume { get; set; }
}
