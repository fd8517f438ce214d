using System.Globalization;

namespace GrpcRouter;

/// <summary>Rules for rate limits and for limits on messages.</summary>
internal static class RateLimitRules
{
    private const int MaxNameLength = 64;
    private const int Million = 1_000_000;
    private const int MaxSegments = 100;

    public static void Check(in OptionScope root, RouterOptions options)
    {
        OptionScope rules = root.Of(nameof(options.RateLimits));
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> limiters = Limiters(options);
        for (int i = 0; i < options.RateLimits.Count; i++)
        {
            if (rules.IsThere(i.ToString(CultureInfo.InvariantCulture), options.RateLimits[i]))
            {
                Check(rules.Of(i), options.RateLimits[i], names, limiters);
            }
        }

        foreach ((OptionScope scope, CallPolicyOptions policy) in Policies(root, options))
        {
            if (policy.RateLimit is { } limiter)
            {
                Check(scope.Of(nameof(policy.RateLimit)), limiter, limiters);
            }
        }
    }

    public static void Check(in OptionScope scope, CallPolicyOptions options)
    {
        scope.AtLeast(nameof(options.MaxRequestMessageSize), options.MaxRequestMessageSize, 0);
        scope.AtLeast(nameof(options.MaxResponseMessageSize), options.MaxResponseMessageSize, 0);
        scope.Range(nameof(options.MaxRequestMessagesPerSecond), options.MaxRequestMessagesPerSecond, 1, Million);
        scope.Range(nameof(options.MaxResponseMessagesPerSecond), options.MaxResponseMessagesPerSecond, 1, Million);
        scope.Defined(nameof(options.MessageRateAction), options.MessageRateAction);
    }

    private static void Check(in OptionScope scope, RateLimitOptions rule, HashSet<string> names, HashSet<string> limiters)
    {
        bool named = rule.Name is { Length: > 0 and <= MaxNameLength } name && name.All(static c => c is > ' ' and < '\x7F');
        scope.Require(named, nameof(rule.Name), "must be 1 to 64 printable ASCII characters without spaces", string.IsNullOrEmpty(rule.Name) ? null : rule.Name);
        scope.Require(!named || names.Add(rule.Name!), nameof(rule.Name), "must not be that of another rule", rule.Name);
        scope.Defined(nameof(rule.Partition), (RateLimitPartition?)rule.Partition);
        scope.Range(nameof(rule.IPv4PrefixLength), rule.IPv4PrefixLength, 0, 32);
        scope.Range(nameof(rule.IPv6PrefixLength), rule.IPv6PrefixLength, 0, 128);
        scope.Range(nameof(rule.MaxPartitions), rule.MaxPartitions, 1, Million);
        CheckPatterns(scope, nameof(rule.Services), rule.Services);
        CheckPatterns(scope, nameof(rule.Methods), rule.Methods);
        CheckPatterns(scope, nameof(rule.Identities), rule.Identities);
        CheckPatterns(scope, nameof(rule.Tenants), rule.Tenants);
        Check(scope, rule, limiters);
    }

    private static void CheckPatterns(in OptionScope scope, string name, IList<string> patterns) =>
        scope.Require(patterns.All(NamePattern.IsValid), name, "must be names of 1 to 512 characters, with * for any but a slash and ** for any", value: null);

    private static void Check(in OptionScope scope, LimiterOptions limiter, HashSet<string> limiters)
    {
        bool known = limiter.Limiter is { } name && limiters.Contains(name);
        scope.Require(known, nameof(limiter.Limiter), $"must be one of {string.Join(", ", limiters.Order(StringComparer.Ordinal))}", limiter.Limiter);
        scope.Require(
            limiter.Permits is not null || !known || !RateLimiters.BuiltIn.Contains(limiter.Limiter!, StringComparer.Ordinal), nameof(limiter.Permits), "must be set", value: null);
        scope.Range(nameof(limiter.Permits), limiter.Permits, 1, Million);
        scope.Range(nameof(limiter.PermitsPerPeriod), limiter.PermitsPerPeriod, 1, Million);
        scope.Range(nameof(limiter.Segments), limiter.Segments, 1, MaxSegments);
        bool timed = limiter.Period >= TimeSpan.FromMilliseconds(1) && limiter.Period <= TimeSpan.FromDays(1);
        scope.Require(timed, nameof(limiter.Period), "must be 00:00:00.001 to 1.00:00:00", limiter.Period);
        int refill = limiter.PermitsPerPeriod ?? limiter.Permits ?? 1;
        scope.Require(
            !timed || limiter.Limiter != RateLimiters.TokenBucket || refill / limiter.Period.TotalSeconds <= Million,
            nameof(limiter.PermitsPerPeriod),
            "must not be more than 1,000,000 a second",
            refill);
    }

    private static HashSet<string> Limiters(RouterOptions options) => RateLimiters.BuiltIn.Concat(options.RateLimiters.Keys).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<(OptionScope Scope, CallPolicyOptions Policy)> Policies(OptionScope root, RouterOptions options)
    {
        List<(OptionScope Scope, ServicePolicyOptions? Policy)> services = [(root.Of(nameof(options.Defaults)), options.Defaults)];
        services.AddRange(options.Services.Select(service => (root.Of(nameof(options.Services)).Of(service.Key), (ServicePolicyOptions?)service.Value)));
        foreach ((OptionScope scope, ServicePolicyOptions? service) in services)
        {
            if (service is null)
            {
                continue;
            }

            yield return (scope, service);
            foreach ((string name, CallPolicyOptions method) in service.Methods)
            {
                if (method is not null)
                {
                    yield return (scope.Of(nameof(service.Methods)).Of(name), method);
                }
            }
        }
    }
}
