namespace GrpcRouter.Core.Tests;

public sealed class LeastRequestTests
{
    [Theory]
    [InlineData(LoadBalancingPolicies.PowerOfTwo)]
    [InlineData(LoadBalancingPolicies.LeastRequest)]
    [InlineData(LoadBalancingPolicies.PeakEwma)]
    public async Task An_instance_ten_times_as_slow_gets_less_than_three_tenths_of_its_share(string policy)
    {
        using Bench bench = new();
        await bench.InstancesAsync(10);
        ILoadBalancer balancer = LoadBalancerCatalog.BuiltIn[policy](bench.Context());
        LoadSimulation simulation = new(balancer, bench.Pickable(), static id => TimeSpan.FromMilliseconds(id == "i0" ? 100 : 10), bench.Time);
        Dictionary<string, int> counts = simulation.Run(calls: 20_000, perSecond: 4_500);
        Assert.InRange(counts["i0"], 1, 600);
        Assert.All(counts.Where(static pair => pair.Key != "i0"), static pair => Assert.InRange(pair.Value, 1_900, 2_500));
    }

    [Fact]
    public async Task Open_streams_count_until_they_end()
    {
        using Bench bench = new(new RouterOptions { Defaults = { LoadBalancing = { Policy = LoadBalancingPolicies.PowerOfTwo } } });
        ScriptedInstance one = await bench.InstanceAsync("one");
        ScriptedInstance two = await bench.InstanceAsync("two");
        TestLeg[] streams = [.. Enumerable.Range(0, 10).Select(_ => bench.Call(Probe.Duplex))];
        Assert.Equal((5, 5), (one.Channel.ActiveCalls, two.Channel.ActiveCalls));

        for (int i = 0; i < 3; i++)
        {
            one.Send(InstanceFrame.Ended((await one.NextAsync()).CallId));
        }

        // The three that ended are made up for first.
        TestLeg[] more = [.. Enumerable.Range(0, 3).Select(_ => bench.Call(Probe.Duplex))];
        Assert.Equal((5, 5), (one.Channel.ActiveCalls, two.Channel.ActiveCalls));
        foreach (TestLeg leg in streams.Concat(more))
        {
            leg.Leave();
            await leg.Done.Soon();
        }
    }

    [Fact]
    public async Task Calls_on_all_channels_of_an_instance_count()
    {
        using Bench bench = new();
        ScriptedInstance striped = await bench.InstanceAsync("striped");
        await bench.InstanceAsync("striped", static hello => hello.Stripe = 1);
        ScriptedInstance single = await bench.InstanceAsync("single");
        striped.Channel.Load(3);
        single.Channel.Load(2);
        LeastRequestBalancer balancer = new(choices: 10, bench.Context());
        Assert.Equal(1_000, balancer.Count(new InstanceSnapshot(SharedList<InstanceChannel>.Empty.Add(striped.Channel).Add(single.Channel)), 1_000)["single"]);
    }

    [Fact]
    public async Task More_choices_find_the_least_loaded_more_often()
    {
        using Bench bench = new();
        ScriptedInstance[] instances = await bench.InstancesAsync(10);
        foreach (ScriptedInstance instance in instances.Skip(1))
        {
            instance.Channel.Load(5);
        }

        int two = new LeastRequestBalancer(2, bench.Context()).Count(bench.Pickable(), 10_000)["i0"];
        int ten = new LeastRequestBalancer(10, bench.Context()).Count(bench.Pickable(), 10_000)["i0"];
        Assert.InRange(two, 1_800, 2_200);
        Assert.InRange(ten, 5_800, 7_200);
    }
}
