using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>The policies that come with the router, by name.</summary>
internal static class LoadBalancerCatalog
{
    public static readonly FrozenDictionary<string, Func<LoadBalancerContext, ILoadBalancer>> BuiltIn =
        new Dictionary<string, Func<LoadBalancerContext, ILoadBalancer>>(StringComparer.Ordinal)
        {
            [LoadBalancingPolicies.RoundRobin] = static _ => new RoundRobinBalancer(),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static ILoadBalancer Create(RouterOptions options, LoadBalancerContext context)
    {
        string name = context.LoadBalancing.Policy ?? LoadBalancingPolicies.RoundRobin;
        return options.LoadBalancers.TryGetValue(name, out Func<LoadBalancerContext, ILoadBalancer>? make) || BuiltIn.TryGetValue(name, out make)
            ? make(context)
            : throw new InvalidOperationException(
                $"{context.Service.FullName} is to be balanced by '{name}', which is neither built in ({string.Join(", ", BuiltIn.Keys.Order(StringComparer.Ordinal))}) nor registered.");
    }
}
