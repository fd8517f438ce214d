namespace GrpcRouter;

/// <summary>Where the calls of a method go, decided before the policy picks an instance there. It never changes.</summary>
/// <param name="rules">Those for the method, in order.</param>
/// <param name="rest">For calls that no rule matches.</param>
/// <param name="targets">All targets, for the clock.</param>
internal sealed class RouteTable(RouteRule[] rules, RouteTarget rest, RouteTarget[] targets)
{
    private readonly bool hasTimeouts = Array.Exists(rules, static rule => rule.Timeout is not null);

    public PickTarget Route(ClientLeg leg, PickRandom random) => (Match(leg)?.Choose(leg, random) ?? rest).For(leg);

    /// <summary>Longest time of a call; null: no limit.</summary>
    /// <param name="leg">The call.</param>
    /// <param name="timeout">That of the method.</param>
    public TimeSpan? TimeoutFor(ClientLeg leg, TimeSpan? timeout) =>
        hasTimeouts && Match(leg)?.Timeout is { } limit && !(timeout < limit) ? limit : timeout;

    public void OnTick(long now)
    {
        foreach (RouteTarget target in targets)
        {
            target.OnTick(now);
        }
    }

    private RouteRule? Match(ClientLeg leg)
    {
        foreach (RouteRule rule in rules)
        {
            if (rule.Matches(leg))
            {
                return rule;
            }
        }

        return null;
    }
}
