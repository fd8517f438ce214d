using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>A rule for a method: which of its calls, and where they go.</summary>
internal sealed class RouteRule
{
    // Another hash than that of the ring: a share of the keys must not be a stretch of it.
    private const long Seed = 1;

    private readonly HeaderMatch[] headers;
    private readonly FrozenSet<string>? tenants;
    private readonly string? stickyHeader;
    private readonly RouteTarget[] targets;
    private readonly ulong[] shares;

    /// <param name="options">The rule.</param>
    /// <param name="make">Makes a target.</param>
    public RouteRule(RouteRuleOptions options, Func<RouteTargetOptions, RouteTarget> make)
    {
        headers = [.. options.Headers.Select(static match => new HeaderMatch(match))];
        tenants = options.Tenants.Count == 0 ? null : options.Tenants.ToFrozenSet(StringComparer.Ordinal);
        stickyHeader = options.StickyHeader;
        Timeout = options.Timeout;
        targets = [.. options.Targets.Select(make)];
        shares = new ulong[targets.Length];
        ulong sum = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            sum += (ulong)options.Targets[i].Weight;
            shares[i] = sum;
        }
    }

    /// <summary>Longest time of its calls; null: as the method's.</summary>
    public TimeSpan? Timeout { get; }

    public bool Matches(ClientLeg leg)
    {
        if (tenants is not null && !tenants.Contains(leg.Tenant ?? ""))
        {
            return false;
        }

        foreach (HeaderMatch header in headers)
        {
            if (!header.Holds(leg))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Chooses a target by the weights: by the caller's key, or at random.</summary>
    public RouteTarget Choose(ClientLeg leg, PickRandom random)
    {
        if (targets.Length == 1)
        {
            return targets[0];
        }

        ulong drawn = stickyHeader is not null && leg.GetHeader(stickyHeader) is { } key ? KeyHash.Of(key, Seed) : random.NextUInt64();
        ulong place = Math.BigMul(drawn, shares[^1], out _);
        int index = 0;
        while (place >= shares[index])
        {
            index++;
        }

        return targets[index];
    }
}
