namespace GrpcRouter;

/// <summary>The limits of a router with what they have refused, for operators.</summary>
public sealed class RouterLimits
{
    private readonly Lock gate = new();
    private readonly RouterHub hub;
    private readonly Dictionary<string, RefusalCounter> refusals = new(StringComparer.Ordinal);
    private Dictionary<string, RateLimitRule> rules = new(StringComparer.Ordinal);
    private Dictionary<string, RateLimitRule> before = new(StringComparer.Ordinal);
    private RateLimitRule[] all = [];

    internal RouterLimits(RouterHub hub)
    {
        this.hub = hub;
        hub.OptionsChanged += _ => BeginChange();
    }

    /// <summary>The rate limits that count now, and those of services and methods among them, in no order.</summary>
    public IReadOnlyList<RateLimitState> RateLimits => [.. Volatile.Read(ref all).Select(static rule =>
        new RateLimitState(rule.Name, rule.Spec.Partition, rule.Table.Count, rule.Refused.Count))];

    /// <summary>Gives a rule: the one there is where its numbers are the same.</summary>
    internal RateLimitRule Rule(string name, RateLimitSpec spec)
    {
        lock (gate)
        {
            if (rules.TryGetValue(name, out RateLimitRule? rule) && rule.Spec == spec)
            {
                return rule;
            }

            if (!before.TryGetValue(name, out rule) || rule.Spec != spec)
            {
                if (!refusals.TryGetValue(name, out RefusalCounter? refused))
                {
                    refusals[name] = refused = new RefusalCounter();
                }

                rule = new RateLimitRule(name, spec, refused, hub.Time, hub.Log);
            }

            rules[name] = rule;
            Volatile.Write(ref all, [.. rules.Values]);
            return rule;
        }
    }

    internal void OnTick(long now)
    {
        foreach (RateLimitRule rule in Volatile.Read(ref all))
        {
            rule.Table.Sweep(now);
        }
    }

    // What no service asks for again is forgotten with the change after this one.
    private void BeginChange()
    {
        lock (gate)
        {
            before = rules;
            rules = new Dictionary<string, RateLimitRule>(StringComparer.Ordinal);
            Volatile.Write(ref all, []);
        }
    }
}
