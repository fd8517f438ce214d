namespace GrpcRouter;

/// <summary>Which instances are considered for which calls, before the load balancing policy picks one of them.</summary>
public sealed class RoutingOptions
{
    /// <summary>The first rule that matches a call decides. A call that none matches may go to any instance.</summary>
    public IList<RouteRuleOptions> Rules { get; } = [];

    /// <summary>
    /// Metadata keys by which callers choose: a call that brings the key goes to instances whose label, named by the value here, has the
    /// value the call brings, among those that its rule leads to. When none has it, the call ends UNAVAILABLE. Up to 4; default: none.
    /// </summary>
    public IDictionary<string, string> LabelHeaders { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
