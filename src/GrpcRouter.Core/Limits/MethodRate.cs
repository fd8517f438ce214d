using System.Threading.RateLimiting;

namespace GrpcRouter;

/// <summary>A rule as it applies to the calls of one method.</summary>
internal sealed class MethodRate
{
    private readonly RateLimitRule rule;
    private readonly Limiter? all;
    private readonly NamePattern[] identities;
    private readonly NamePattern[] tenants;
    private readonly RouterStatus refusal;

    /// <param name="rule">The rule.</param>
    /// <param name="service">The service.</param>
    /// <param name="method">The method.</param>
    /// <param name="identities">Patterns of callers; empty: all.</param>
    /// <param name="tenants">Patterns of tenants; empty: all.</param>
    public MethodRate(RateLimitRule rule, RoutedService service, RoutedMethod method, IEnumerable<string> identities, IEnumerable<string> tenants)
    {
        this.rule = rule;
        this.identities = NamePattern.All(identities);
        this.tenants = NamePattern.All(tenants);
        all = rule.Fixed(service, method);
        refusal = rule.RefusalFor(service);
    }

    /// <summary>Instances are counted when they are picked, callers when they call.</summary>
    public bool IsOfInstances => rule.Spec.Partition == RateLimitPartition.Instance;

    /// <summary>The rule is for whoever calls.</summary>
    public bool AppliesTo(ClientLeg leg) =>
        (identities.Length == 0 || (leg.Identity is { } identity && Matches(identities, identity.Name)))
        && (tenants.Length == 0 || (leg.Tenant is { } tenant && Matches(tenants, tenant)));

    /// <summary>Lets a call in.</summary>
    /// <param name="leg">The client.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <param name="held">Takes where it is counted.</param>
    /// <param name="wait">After a refusal: until another may get in, on the same clock; 0 when nobody knows.</param>
    public bool TryAcquire(ClientLeg leg, long now, ref HeldPermits held, out long wait)
    {
        wait = 0;
        return !AppliesTo(leg) || (all is null ? TryAcquire(rule.KeyOf(leg), now, ref held, out wait) : TryAcquire(all, now, ref held, out wait));
    }

    /// <summary>Lets an attempt go to an instance.</summary>
    /// <inheritdoc cref="TryAcquire(ClientLeg, long, ref HeldPermits, out long)"/>
    public bool TryAcquire(ClientLeg leg, ServiceInstance instance, long now, ref HeldPermits held, out long wait)
    {
        wait = 0;
        return !AppliesTo(leg) || TryAcquire(PartitionKey.Of(instance.Id), now, ref held, out wait);
    }

    /// <summary>Counts a refusal, and says it.</summary>
    /// <param name="wait">Until another call may get in; zero when nobody knows.</param>
    public RouterStatus Refuse(TimeSpan wait)
    {
        rule.Refused.Increment();
        LimitMetrics.OnRate(rule.Name, rule.Spec.Partition);
        return wait > TimeSpan.Zero ? refusal with { RetryAfter = wait } : refusal;
    }

    private static bool Matches(NamePattern[] patterns, string name)
    {
        foreach (NamePattern pattern in patterns)
        {
            if (pattern.Matches(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryAcquire(in PartitionKey key, long now, ref HeldPermits held, out long wait)
    {
        bool granted = rule.Table.TryAcquire(key, now, out Limiter limiter, out RateLimitLease? lease, out wait);
        if (granted)
        {
            held.Add(limiter, lease);
        }

        return granted;
    }

    private static bool TryAcquire(Limiter limiter, long now, ref HeldPermits held, out long wait)
    {
        bool granted = limiter.TryAcquire(now, out RateLimitLease? lease, out wait) == LimiterAnswer.Granted;
        if (granted)
        {
            held.Add(limiter, lease);
        }

        return granted;
    }
}
