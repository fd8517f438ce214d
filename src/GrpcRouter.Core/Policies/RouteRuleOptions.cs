namespace GrpcRouter;

/// <summary>A rule: which calls, and among which instances.</summary>
public sealed class RouteRuleOptions
{
    /// <summary>Names the rule for operators. Default: no name.</summary>
    public string? Name { get; set; }

    /// <summary>Simple names of methods. Empty: all.</summary>
    public IList<string> Methods { get; } = [];

    /// <summary>Metadata that a call must bring, all of it. Empty: any call matches.</summary>
    public IList<HeaderMatchOptions> Headers { get; } = [];

    /// <summary>Tenants, as <see cref="RouterOptions.Tenants"/> tells them. Empty: all.</summary>
    public IList<string> Tenants { get; } = [];

    /// <summary>Where the calls go, shared out by weight. One at least.</summary>
    public IList<RouteTargetOptions> Targets { get; } = [];

    /// <summary>The metadata key that keeps a caller with one target: equal values go to the same. Without it, or without the key, each call is drawn for itself. Default: none.</summary>
    public string? StickyHeader { get; set; }

    /// <summary>Longest time of the calls it matches, where theirs is longer. Positive; default: as the method's.</summary>
    public TimeSpan? Timeout { get; set; }
}
