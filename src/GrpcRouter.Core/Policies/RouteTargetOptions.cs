namespace GrpcRouter;

/// <summary>Instances by their labels, and their share.</summary>
public sealed class RouteTargetOptions
{
    /// <summary>Labels that an instance must have, all of them. Empty: any instance.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Share among the targets of the rule, 0 to 1,000,000. Default 1.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Take any instance when none has the labels, instead of ending the call UNAVAILABLE. Default false.</summary>
    public bool FallBackToAny { get; set; }
}
