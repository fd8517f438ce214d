namespace GrpcRouter.Core.Tests;

public sealed class InstanceBalancerTests
{
    [Fact]
    public async Task A_call_goes_to_the_instance_it_names_however_that_does()
    {
        using Bench bench = new(Exact());
        ScriptedInstance[] instances = await bench.InstancesAsync(3);
        instances[1].Report(new V1.LoadReport { Health = V1.HealthStatus.NotServing });
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Same(instances[1].Channel, Pick(bench, ("x-instance-id", "i1"))));
    }

    [Fact]
    public async Task A_call_that_names_an_instance_that_is_away_is_unavailable()
    {
        using Bench bench = new(Exact());
        await bench.InstancesAsync(3);
        Assert.Null(Pick(bench, ("x-instance-id", "i9")));
        Assert.Null(Pick(bench));
        TestLeg leg = bench.Call(Probe.Unary, Picks.Bringing(("x-instance-id", "i9")));
        leg.Send([1]).HalfClose();
        Assert.Equal("Unavailable NO_INSTANCE", await leg.OutcomeAsync());
    }

    [Fact]
    public async Task The_key_can_be_another()
    {
        using Bench bench = new(Exact("x-device"));
        ScriptedInstance[] instances = await bench.InstancesAsync(3);
        Assert.Same(instances[2].Channel, Pick(bench, ("x-device", "i2")));
    }

    [Fact]
    public async Task The_channels_of_the_instance_share_its_calls()
    {
        using Bench bench = new(Exact());
        await bench.InstancesAsync(2);
        await bench.InstanceAsync("i1", static hello => hello.Stripe = 1);
        HashSet<uint> stripes = [.. Enumerable.Range(0, 50).Select(_ => Pick(bench, ("x-instance-id", "i1"))!.Stripe)];
        Assert.Equal(2, stripes.Count);
    }

    private static RouterOptions Exact(string? header = null) => new()
    {
        Defaults = { LoadBalancing = { Policy = LoadBalancingPolicies.Instance, HashHeader = header } },
    };

    private static InstanceChannel? Pick(Bench bench, params (string, string)[] metadata) => bench.Target().Pick(Picks.Call(Picks.Bringing(metadata)));
}
