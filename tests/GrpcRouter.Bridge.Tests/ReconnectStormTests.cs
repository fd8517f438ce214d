using Grpc.Core;

namespace GrpcRouter.Bridge.Tests;

public sealed class ReconnectStormTests(ITestOutputHelper output)
{
    private const int Count = 10_000;

    private static readonly TimeSpan Bucket = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// All lose their router at the same moment and dial by the real backoff, on a clock that jumps from one dial to the next. Once it is back,
    /// they register with a real router.
    /// </summary>
    /// <param name="outageSeconds">How long the router is away.</param>
    /// <param name="peak">Most registrations in a tenth of a second, of the ten thousand.</param>
    /// <param name="seconds">Until all of them serve again.</param>
    [Theory]
    [InlineData(1, 2_000, 15)]
    [InlineData(5, 500, 30)]
    [InlineData(60, 120, 30)]
    [InlineData(600, 120, 30)]
    public async Task Ten_thousand_instances_come_back_after_a_restart_of_their_router_without_collapse(int outageSeconds, int peak, int seconds)
    {
        ManualTimeProvider time = new();
        TimeSpan outage = TimeSpan.FromSeconds(outageSeconds);
        BridgeOptions options = new();
        ReconnectBackoff[] backoffs = [.. Enumerable.Range(0, Count).Select(seed => new ReconnectBackoff(options, new Random(seed).NextDouble))];
        PriorityQueue<int, TimeSpan> dials = new();
        for (int i = 0; i < Count; i++)
        {
            dials.Enqueue(i, backoffs[i].Next(ChannelEndKind.Lost, TimeSpan.FromHours(1)));
        }

        // None of these instances answers a ping.
        using RouterHub hub = new(new RouterOptions { KeepAliveInterval = TimeSpan.FromDays(1) }, time);
        Router router = hub.GetRouter<Router>();
        Dictionary<int, int> refused = [];
        Dictionary<int, int> accepted = [];
        List<MemoryInstance> instances = [];
        TimeSpan now = TimeSpan.Zero;
        while (dials.TryDequeue(out int index, out TimeSpan at))
        {
            time.Advance(at - now);
            now = at;
            if (at < outage)
            {
                Add(refused, at);
                dials.Enqueue(index, at + backoffs[index].Next(ChannelEndKind.Lost, TimeSpan.Zero));
                continue;
            }

            Add(accepted, at - outage);
            MemoryInstance instance = new($"n{index}");
            instance.Dial(router);
            instances.Add(instance);
        }

        await Task.WhenAll(instances.Select(static instance => instance.Registered)).WaitAsync(Patience.Limit);
        await router.WaitForInstancesAsync(Count).WaitAsync(Patience.Limit);
        TimeSpan healed = now - outage;
        int lateRefusals = refused[(int)(outage / Bucket) - 1];
        int most = accepted.OrderBy(static bucket => bucket.Key).Select(static bucket => bucket.Value).Aggregate(
            (Sum: 0, Buckets: 0), static (seen, next) => seen.Sum >= Count * 99 / 100 ? seen : (seen.Sum + next, seen.Buckets + 1)).Buckets;
        output.WriteLine(
            $"Away for {outageSeconds} s: all {Count} serve {healed.TotalSeconds:F1} s after the return, 99 % {most * Bucket.TotalSeconds:F1} s; "
            + $"{accepted.Values.Max()} registrations in the busiest 100 ms; {refused.Values.Sum() / (double)Count:F1} dials in vain each, {lateRefusals} in the last 100 ms.");
        Assert.Equal(Count, router.Instances.Count);
        Assert.InRange(accepted.Values.Max(), 1, peak);
        Assert.InRange(lateRefusals, 0, peak);
        Assert.InRange(healed.TotalSeconds, 0, seconds);
    }

    private static void Add(Dictionary<int, int> buckets, TimeSpan at)
    {
        int bucket = (int)(at / Bucket);
        buckets[bucket] = buckets.GetValueOrDefault(bucket) + 1;
    }

    private sealed class Router(RouterHub hub) : ServiceRouter(hub, Service), IServiceRouter<Router>
    {
        public static new RoutedService Service { get; } = new("probe.Probe", new RoutedMethod("Echo", MethodType.Unary, 20001));

        public static Router Create(RouterHub hub) => new(hub);
    }
}
