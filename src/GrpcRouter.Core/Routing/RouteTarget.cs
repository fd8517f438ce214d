namespace GrpcRouter;

/// <summary>Instances with certain labels, of which callers may choose some by labels of their own.</summary>
/// <param name="target">The instances.</param>
/// <param name="labels">What callers choose by; null when they cannot.</param>
/// <param name="fallback">Where calls go when no instance has the labels; null when they fail.</param>
internal sealed class RouteTarget(PickTarget target, LabelRoutes? labels, RouteTarget? fallback)
{
    public PickTarget For(ClientLeg leg)
    {
        PickTarget chosen = labels?.Find(leg) ?? target;
        return chosen.Count == 0 && fallback is not null ? fallback.For(leg) : chosen;
    }

    public void OnTick(long now) => labels?.OnTick(now);
}
