using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class WeightedRoundRobinTests
{
    [Fact]
    public async Task Weights_of_1_to_3_to_6_hold_within_2_percent()
    {
        using Bench bench = new();
        foreach (uint weight in (uint[])[1, 3, 6])
        {
            await bench.InstanceAsync($"{weight}", hello => hello.Weight = weight);
        }

        Dictionary<string, int> counts = Balancer(bench).Count(bench.Pickable(), 10_000);
        Assert.InRange(counts["1"], 980, 1_020);
        Assert.InRange(counts["3"], 2_940, 3_060);
        Assert.InRange(counts["6"], 5_880, 6_120);
    }

    [Fact]
    public async Task Equal_weights_are_round_robin()
    {
        using Bench bench = new();
        await bench.InstancesAsync(7);
        Dictionary<string, int> counts = Balancer(bench).Count(bench.Pickable(), 1_003);
        Assert.InRange(counts.Values.Max() - counts.Values.Min(), 0, 1);
    }

    [Fact]
    public async Task A_weight_changes_without_a_reconnect()
    {
        using Bench bench = new();
        ScriptedInstance[] instances = await bench.InstancesAsync(2);
        StrideBalancer balancer = Balancer(bench);
        InstanceSnapshot pickable = bench.Pickable();
        Report(bench, instances, balancer, 0.5, 0.5);
        Assert.Equal(500, balancer.Count(pickable, 1_000)["i0"]);

        Report(bench, instances, balancer, 0.2, 0.8);
        Assert.Same(pickable, bench.Pickable());
        Assert.InRange(balancer.Count(pickable, 1_000)["i0"], 795, 805);
    }

    [Fact]
    public async Task Reports_weigh_after_the_blackout_and_until_they_expire()
    {
        using Bench bench = new(new RouterOptions { KeepAliveInterval = TimeSpan.FromHours(1) });
        ScriptedInstance[] instances = await bench.InstancesAsync(2);
        StrideBalancer balancer = Balancer(bench);
        Report(instances, 0.2, 0.8);
        Assert.Equal(500, Tick(TimeSpan.FromSeconds(9.9)));
        Assert.InRange(Tick(TimeSpan.FromSeconds(0.1)), 795, 805);
        Assert.InRange(Tick(TimeSpan.FromSeconds(169)), 795, 805);
        Assert.Equal(500, Tick(TimeSpan.FromSeconds(1)));

        int Tick(TimeSpan time)
        {
            bench.Time.Advance(time);
            balancer.OnTick(bench.Pickable(), bench.Time.GetTimestamp());
            return balancer.Count(bench.Pickable(), 1_000)["i0"];
        }
    }

    [Fact]
    public async Task One_report_alone_does_not_weigh()
    {
        using Bench bench = new();
        ScriptedInstance[] instances = await bench.InstancesAsync(3);
        StrideBalancer balancer = Balancer(bench);
        Report(bench, instances[..1], balancer, 0.1);
        Assert.Equal([300, 300, 300], balancer.Count(bench.Pickable(), 900).Values);
    }

    [Fact]
    public async Task An_instance_without_a_report_gets_the_mean_of_the_others()
    {
        using Bench bench = new();
        ScriptedInstance[] instances = await bench.InstancesAsync(3);
        StrideBalancer balancer = Balancer(bench);
        Report(bench, instances[..2], balancer, 0.25, 0.5);
        Dictionary<string, int> counts = balancer.Count(bench.Pickable(), 900);
        Assert.InRange(counts["i0"], 397, 403);
        Assert.InRange(counts["i1"], 197, 203);
        Assert.InRange(counts["i2"], 297, 303);
    }

    // 100 / (0.5 + 20 / 100 * 2) and 100 / 0.5; the signal in place of the utilization; and what is no weight.
    [Theory]
    [InlineData(0.5, 100, 20, null, 2, 111.1)]
    [InlineData(0.5, 100, 0, null, 2, 200)]
    [InlineData(0.5, 100, 20, null, 0, 200)]
    [InlineData(0.5, 100, 0, "queue", 1, 1000)]
    [InlineData(0.5, 100, 0, "absent", 1, 0)]
    [InlineData(0, 100, 0, null, 1, 0)]
    [InlineData(0.5, 0, 0, null, 1, 0)]
    public void A_weight_is_calls_over_utilization_and_errors(double utilization, double calls, double errors, string? signal, double penalty, double expected)
    {
        using Bench bench = new();
        LoadWeights weights = new(bench.Context(new LoadBalancingOptions { WeightSignal = signal, ErrorPenalty = penalty, BlackoutPeriod = TimeSpan.Zero }));
        LoadSnapshot load = new(At: 5, Since: 5, utilization, calls, errors, new Dictionary<string, double> { ["queue"] = 0.1 });
        Assert.Equal(expected, weights.Of(load, now: 6), tolerance: 0.05);
    }

    [Fact]
    public async Task An_instance_that_reports_next_to_nothing_keeps_a_tenth_of_the_mean()
    {
        using Bench bench = new();
        ScriptedInstance[] instances = await bench.InstancesAsync(2);
        StrideBalancer balancer = Balancer(bench);
        Report(bench, instances, balancer, 0.001, 1);

        // The mean is half of the first weight: a twentieth of it is left to the second.
        Assert.InRange(balancer.Count(bench.Pickable(), 2_100)["i1"], 98, 102);
    }

    private static StrideBalancer Balancer(Bench bench)
    {
        LoadBalancerContext context = bench.Context();
        return new StrideBalancer(context, new LoadWeights(context));
    }

    private static void Report(Bench bench, ScriptedInstance[] instances, StrideBalancer balancer, params double[] utilization)
    {
        Report(instances, utilization);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        balancer.OnTick(bench.Pickable(), bench.Time.GetTimestamp());
    }

    private static void Report(ScriptedInstance[] instances, params double[] utilization)
    {
        for (int i = 0; i < instances.Length; i++)
        {
            instances[i].Report(new LoadReport { Utilization = utilization[i], CallsPerSecond = 100 });
        }
    }
}
