namespace GrpcRouter.Core.Tests;

public sealed class RoundRobinBalancerTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 100)]
    [InlineData(7, 700)]
    public async Task Every_channel_gets_its_share_within_one_call(int channels, int picks)
    {
        using Bench bench = new();
        for (int i = 0; i < channels; i++)
        {
            await bench.InstanceAsync($"instance-{i}");
        }

        RoundRobinBalancer balancer = new();
        InstanceSnapshot list = bench.Router.Registry.Pickable;
        Dictionary<InstanceChannel, int> counts = list.ToDictionary(static channel => channel, static _ => 0);
        for (int i = 0; i < picks; i++)
        {
            counts[balancer.Pick(list, new PickContext(Probe.Service.Methods[0], attempt: 0))]++;
        }

        Assert.InRange(counts.Values.Max() - counts.Values.Min(), 0, 1);
    }

    [Fact]
    public async Task Picks_of_many_threads_are_as_even()
    {
        using Bench bench = new();
        for (int i = 0; i < 3; i++)
        {
            await bench.InstanceAsync($"instance-{i}");
        }

        RoundRobinBalancer balancer = new();
        InstanceSnapshot list = bench.Router.Registry.Pickable;
        InstanceChannel[] order = [.. list];
        int[] counts = new int[3];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 3000; i++)
            {
                Interlocked.Increment(ref counts[Array.IndexOf(order, balancer.Pick(list, new PickContext(Probe.Service.Methods[0], attempt: 0)))]);
            }
        })));

        Assert.Equal([4000, 4000, 4000], counts);
    }
}
