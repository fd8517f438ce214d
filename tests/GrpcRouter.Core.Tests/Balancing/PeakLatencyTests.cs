namespace GrpcRouter.Core.Tests;

public sealed class PeakLatencyTests
{
    private const long Decay = 1_000;

    [Fact]
    public void It_rises_at_once_and_falls_with_time()
    {
        PeakLatency latency = new();
        Assert.Equal(0, latency.At(0, Decay));
        latency.Add(10, now: 0, Decay);
        latency.Add(500, now: 1, Decay);
        Assert.Equal(500, latency.At(1, Decay));
        Assert.Equal(500 / Math.E, latency.At(1_001, Decay), tolerance: 0.001);
    }

    [Fact]
    public void A_shorter_latency_counts_by_the_time_since_the_last()
    {
        PeakLatency latency = new();
        latency.Add(500, now: 0, Decay);
        latency.Add(100, now: 1_000, Decay);
        double kept = 1 / Math.E;
        Assert.Equal((500 * kept) + (100 * (1 - kept)), latency.At(1_000, Decay), tolerance: 0.001);
    }

    [Fact]
    public void A_clock_that_was_read_earlier_changes_nothing()
    {
        PeakLatency latency = new();
        latency.Add(500, now: 1_000, Decay);
        Assert.Equal(500, latency.At(900, Decay));
    }

    [Fact]
    public async Task Latencies_from_many_threads_stay_between_the_least_and_the_most()
    {
        PeakLatency latency = new();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                latency.Add(100 + ((i + thread) % 50), i, Decay);
            }
        })));
        Assert.InRange(latency.At(9_999, Decay), 100, 149);
    }

    [Fact]
    public async Task A_new_instance_is_not_flooded()
    {
        using Bench bench = new();
        ScriptedInstance old = await bench.InstanceAsync("old");
        ScriptedInstance fresh = await bench.InstanceAsync("fresh");
        old.Channel.Instance.OnLatency(TimeSpan.FromMilliseconds(4).Ticks, bench.Time.GetTimestamp(), PeakLatency.DecayOf(new LoadBalancingOptions(), bench.Time));
        PeakEwmaBalancer balancer = new(bench.Context());
        RoutedCall call = new();
        for (int i = 0; i < 50; i++)
        {
            Assert.NotEqual(0ul, balancer.Pick(bench.Pickable(), Picks.Call()).Calls.Add(call));
        }

        // Its latency counts as 1 ms until there is one: four calls for each of the other's, and no more.
        Assert.Equal((10, 40), (old.Channel.ActiveCalls, fresh.Channel.ActiveCalls));
    }
}
