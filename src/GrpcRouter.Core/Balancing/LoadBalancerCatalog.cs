using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>The policies that come with the router, by name.</summary>
internal static class LoadBalancerCatalog
{
    public static readonly FrozenDictionary<string, Func<LoadBalancerContext, ILoadBalancer>> BuiltIn =
        new Dictionary<string, Func<LoadBalancerContext, ILoadBalancer>>(StringComparer.Ordinal)
        {
            [LoadBalancingPolicies.RoundRobin] = static context => context.SlowStart.Window > TimeSpan.Zero ? new StrideBalancer(context, weights: null) : new RoundRobinBalancer(),
            [LoadBalancingPolicies.Random] = static _ => new RandomBalancer(),
            [LoadBalancingPolicies.WeightedRoundRobin] = static context => new StrideBalancer(context, new LoadWeights(context)),
            [LoadBalancingPolicies.LeastRequest] = static context => new LeastRequestBalancer(context.LoadBalancing.ChoiceCount ?? 2, context),
            [LoadBalancingPolicies.PowerOfTwo] = static context => new LeastRequestBalancer(choices: 2, context),
            [LoadBalancingPolicies.PeakEwma] = static context => new PeakEwmaBalancer(context),
            [LoadBalancingPolicies.RingHash] = static context => HashBalancer.Ring(context.LoadBalancing),
            [LoadBalancingPolicies.Maglev] = static context => HashBalancer.Maglev(context.LoadBalancing),
            [LoadBalancingPolicies.Instance] = static context => new InstanceBalancer(context.LoadBalancing.HashHeader),
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
