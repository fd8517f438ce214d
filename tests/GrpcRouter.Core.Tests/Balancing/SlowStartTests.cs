namespace GrpcRouter.Core.Tests;

public sealed class SlowStartTests
{
    [Theory]
    [InlineData(0, 1, 10, 0.1)]
    [InlineData(3, 1, 10, 0.1)]
    [InlineData(15, 1, 10, 0.25)]
    [InlineData(15, 2, 10, 0.5)]
    [InlineData(15, 1, 40, 0.4)]
    [InlineData(59, 1, 10, 0.983)]
    [InlineData(60, 1, 10, 1)]
    public async Task The_share_grows_with_the_time(int seconds, double aggression, int least, double expected)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        SlowStart slowStart = new(new SlowStartOptions { Window = TimeSpan.FromMinutes(1), Aggression = aggression, MinWeightPercent = least }, bench.Time);
        bench.Time.Advance(TimeSpan.FromSeconds(seconds));
        slowStart.OnTick(bench.Time.GetTimestamp());
        Assert.Equal(expected, slowStart.FactorOf(instance.Channel.Instance), tolerance: 0.001);
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.RoundRobin)]
    [InlineData(LoadBalancingPolicies.WeightedRoundRobin)]
    public async Task A_fresh_instance_gets_its_turns_step_by_step(string policy)
    {
        using Bench bench = new(Slow(policy));
        await bench.InstancesAsync(4);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await bench.InstanceAsync("fresh");

        // Of 4 + f turns it gets f.
        Assert.InRange(Share(bench), 0.1 / 4.1 * 0.97, 0.1 / 4.1 * 1.03);
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(Share(bench), 0.5 / 4.5 * 0.98, 0.5 / 4.5 * 1.02);
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(Share(bench), 0.199, 0.201);
    }

    [Theory]
    [InlineData(LoadBalancingPolicies.LeastRequest)]
    [InlineData(LoadBalancingPolicies.PowerOfTwo)]
    [InlineData(LoadBalancingPolicies.PeakEwma)]
    public async Task A_fresh_instance_counts_as_busier_than_it_is(string policy)
    {
        using Bench bench = new(Slow(policy));
        ScriptedInstance old = await bench.InstanceAsync("old");
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        ScriptedInstance fresh = await bench.InstanceAsync("fresh");
        Load(bench, 44);
        Assert.Equal((40, 4), (old.Channel.ActiveCalls, fresh.Channel.ActiveCalls));

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Load(bench, 36);
        Assert.Equal((40, 40), (old.Channel.ActiveCalls, fresh.Channel.ActiveCalls));
    }

    [Fact]
    public async Task A_router_whose_instances_are_all_fresh_shares_evenly()
    {
        using Bench bench = new(Slow(LoadBalancingPolicies.RoundRobin));
        await bench.InstancesAsync(5);
        Assert.Equal(0.2, Share(bench, "i0"), tolerance: 0.001);
    }

    [Fact]
    public async Task A_renewed_channel_is_not_a_fresh_instance()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        long since = instance.Channel.Instance.ReadySince;
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        ScriptedInstance again = await bench.InstanceAsync("one", static hello => hello.Epoch = 2);
        Assert.Equal(since, again.Channel.Instance.ReadySince);
    }

    private static RouterOptions Slow(string policy) => new()
    {
        KeepAliveInterval = TimeSpan.FromHours(1),
        Defaults = { LoadBalancing = { Policy = policy }, SlowStart = { Window = TimeSpan.FromMinutes(1) } },
    };

    private static double Share(Bench bench, string id = "fresh")
    {
        const int Total = 50_000;
        int count = 0;
        for (int i = 0; i < Total; i++)
        {
            count += bench.Target().Pick(Picks.Call())!.InstanceId == id ? 1 : 0;
        }

        return count / (double)Total;
    }

    private static void Load(Bench bench, int calls)
    {
        RoutedCall call = new();
        for (int i = 0; i < calls; i++)
        {
            Assert.NotEqual(0ul, bench.Target().Pick(Picks.Call())!.Calls.Add(call));
        }
    }
}
