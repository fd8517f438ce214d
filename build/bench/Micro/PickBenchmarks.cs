using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Grpc.Core;

namespace GrpcRouter.Bench;

/// <summary>Which instance a call goes to.</summary>
public class PickBenchmarks
{
    private static readonly RoutedMethod Method = new("SayHello", MethodType.Unary, 2_526_808);

    private readonly RoundRobinBalancer _balancer = new();
    private InstanceSnapshot _channels = InstanceSnapshot.Empty;

    [Params(10, 10_000)]
    public int Instances { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        ServiceRouter router = new RouterHub(new RouterOptions()).GetRouter<IdleRouter>();
        SharedList<InstanceChannel> channels = SharedList<InstanceChannel>.Empty;
        for (int i = 0; i < Instances; i++)
        {
            channels = channels.Add(new InstanceChannel(router, PipeReader.Create(Stream.Null), new NullSink(), "ipv4:127.0.0.1:1"));
        }

        _channels = new InstanceSnapshot(channels);
    }

    [Benchmark(Description = "pick")]
    public InstanceChannel Pick() => _balancer.Pick(_channels, new PickContext(Method, 0));

    private sealed class IdleRouter(RouterHub hub) : ServiceRouter(hub, Description), IServiceRouter<IdleRouter>
    {
        private static readonly RoutedService Description = new("greet.Greeter", Method);

        static RoutedService IServiceRouter<IdleRouter>.Service => Description;

        static IdleRouter IServiceRouter<IdleRouter>.Create(RouterHub hub) => new(hub);
    }
}
