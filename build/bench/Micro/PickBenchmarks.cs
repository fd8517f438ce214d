using BenchmarkDotNet.Attributes;
using Grpc.Core;

namespace GrpcRouter.Bench;

/// <summary>Which instance a call goes to.</summary>
public class PickBenchmarks
{
    private static readonly RoutedMethod Method = new("SayHello", MethodType.Unary, 2_526_808);

    private readonly KeyLeg _leg = new();
    private ILoadBalancer _balancer = null!;
    private InstanceSnapshot _channels = InstanceSnapshot.Empty;

    [Params(10, 10_000)]
    public int Instances { get; set; }

    [Params(
        LoadBalancingPolicies.RoundRobin,
        LoadBalancingPolicies.Random,
        LoadBalancingPolicies.WeightedRoundRobin,
        LoadBalancingPolicies.LeastRequest,
        LoadBalancingPolicies.PeakEwma,
        LoadBalancingPolicies.RingHash,
        LoadBalancingPolicies.Maglev,
        LoadBalancingPolicies.Instance)]
    public string Policy { get; set; } = LoadBalancingPolicies.RoundRobin;

    [GlobalSetup]
    public void SetUp()
    {
        IdleRouter router = new RouterHub(new RouterOptions()).GetRouter<IdleRouter>();
        for (int i = 0; i < Instances; i++)
        {
            _ = SilentInstance.RegisterAsync(router, KeyLeg.IdOf(i));
        }

        _channels = router.Registry.Pickable;
        if (_channels.Count != Instances)
        {
            throw new InvalidOperationException($"{_channels.Count} of {Instances} instances have registered.");
        }

        LoadBalancingOptions options = new() { Policy = Policy, HashHeader = KeyLeg.Key };
        _balancer = LoadBalancerCatalog.BuiltIn[Policy](new LoadBalancerContext(router.Service, options, new SlowStartOptions(), TimeProvider.System));
        _balancer.Pick(_channels, new PickContext(Method, attempt: 0, _leg, PickRandom.Default));
    }

    [Benchmark(Description = "pick")]
    public InstanceChannel? Pick() => _balancer.Pick(_channels, new PickContext(Method, attempt: 0, _leg, PickRandom.Default));

    private sealed class IdleRouter(RouterHub hub) : ServiceRouter(hub, Description), IServiceRouter<IdleRouter>
    {
        private static readonly RoutedService Description = new("greet.Greeter", Method);

        static RoutedService IServiceRouter<IdleRouter>.Service => Description;

        static IdleRouter IServiceRouter<IdleRouter>.Create(RouterHub hub) => new(hub);
    }
}
