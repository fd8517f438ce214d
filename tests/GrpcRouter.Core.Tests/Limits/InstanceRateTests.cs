using Grpc.Core;

namespace GrpcRouter.Core.Tests;

public sealed class InstanceRateTests
{
    [Theory]
    [InlineData(LoadBalancingPolicies.RoundRobin)]
    [InlineData(LoadBalancingPolicies.RingHash)]
    public async Task An_instance_over_its_rate_is_passed_over_while_others_are_not(string policy)
    {
        RouterOptions options = Options(permits: 2);
        options.Defaults.LoadBalancing.Policy = policy;
        options.Defaults.LoadBalancing.HashHeader = "key";
        using Bench bench = new(options);
        ScriptedInstance[] instances = await bench.InstancesAsync(3);

        for (int i = 0; i < 6; i++)
        {
            bench.Call(Probe.Unary, Picks.Bringing(("key", "one"))).Send([1]).HalfClose();
        }

        foreach (ScriptedInstance instance in instances)
        {
            await instance.RequestAsync();
            await instance.RequestAsync();
        }

        TestLeg refused = bench.Call(Probe.Unary, Picks.Bringing(("key", "one"))).Send([1]).HalfClose();
        Assert.Equal("ResourceExhausted RATE_LIMITED", await refused.OutcomeAsync());
        Assert.Equal(TimeSpan.FromMilliseconds(500), refused.RouterEnd!.Value.RetryAfter);
        Assert.Equal(1, Assert.Single(bench.Hub.Limits.RateLimits).Refused);
    }

    [Fact]
    public async Task A_call_that_names_its_instance_goes_to_no_other()
    {
        RouterOptions options = Options(permits: 1);
        options.Defaults.LoadBalancing.Policy = LoadBalancingPolicies.Instance;
        using Bench bench = new(options);
        await bench.InstancesAsync(2);
        bench.Call(Probe.Unary, Picks.Bringing(("x-instance-id", "i0"))).Send([1]).HalfClose();
        Assert.Equal("ResourceExhausted RATE_LIMITED", await bench.Call(Probe.Unary, Picks.Bringing(("x-instance-id", "i0"))).Send([1]).HalfClose().OutcomeAsync());
    }

    [Fact]
    public async Task Calls_under_way_on_an_instance_are_counted_until_they_are_over()
    {
        RouterOptions options = Options(permits: 1);
        options.RateLimits[0].Limiter = RateLimiters.Concurrency;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        for (int i = 0; i < 3; i++)
        {
            (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
            Assert.Equal("ResourceExhausted RATE_LIMITED", await bench.Call(Probe.Unary).Send([1]).HalfClose().OutcomeAsync());
            instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
            await leg.Done.Soon();
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task Every_attempt_counts_at_its_instance()
    {
        RouterOptions options = Options(permits: 1);
        options.Defaults.Retry.MaxAttempts = 5;
        options.RateLimits[0].Period = TimeSpan.FromDays(1);
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable, "busy"));
        Patience.Until(() => bench.Hub.Deadlines.Count == 1, "The retry waits.");
        bench.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("ResourceExhausted RATE_LIMITED", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    private static RouterOptions Options(int permits)
    {
        RouterOptions options = new();
        options.RateLimits.Add(new RateLimitOptions { Name = "each", Partition = RateLimitPartition.Instance, Permits = permits });
        return options;
    }
}
