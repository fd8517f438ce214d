using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class SessionTests
{
    private const string Key = "grpcrouter-session";

    [Fact]
    public async Task A_response_names_the_session_and_a_call_that_brings_it_goes_to_the_same_instance()
    {
        using Bench bench = new(Sticky());
        ScriptedInstance[] instances = await bench.InstancesAsync(3);
        foreach (ScriptedInstance instance in instances)
        {
            // In turn.
            (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
            instance.Send(InstanceFrame.Message(id, Probe.Unary, [2]), InstanceFrame.Ended(id));
            await leg.Done.Soon();
            Assert.Equal(instance.Channel.Instance.SessionToken, leg.Session);
            Assert.All(Enumerable.Range(0, 10), _ => Assert.Same(instance.Channel, Pick(bench, leg.Session!)));
        }
    }

    [Fact]
    public async Task Without_affinity_nothing_is_named()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Message(id, Probe.Unary, [2]), InstanceFrame.Ended(id));
        await leg.Done.Soon();
        Assert.Null(leg.Session);
    }

    [Theory]
    [InlineData(HealthStatus.Serving, true)]
    [InlineData(HealthStatus.Draining, true)]
    [InlineData(HealthStatus.NotServing, false)]
    public async Task A_session_stays_with_an_instance_that_is_about_to_leave_but_not_with_one_that_is_unwell(HealthStatus health, bool stays)
    {
        using Bench bench = new(Sticky());
        ScriptedInstance[] instances = await bench.InstancesAsync(4);
        instances[1].Report(new LoadReport { Health = health });
        string token = instances[1].Channel.Instance.SessionToken;
        Assert.Equal(stays ? 20 : 0, Enumerable.Range(0, 20).Count(_ => Pick(bench, token) == instances[1].Channel));
    }

    [Fact]
    public async Task A_session_leaves_an_instance_that_is_ejected_or_drains()
    {
        using Bench bench = new(Sticky());
        ScriptedInstance[] instances = await bench.InstancesAsync(3);
        instances[0].Channel.Instance.SetEjected("It failed.");
        bench.Router.Registry.Update(instances[0].Channel.Instance);
        Assert.NotSame(instances[0].Channel, Pick(bench, instances[0].Channel.Instance.SessionToken));

        string token = instances[1].Channel.Instance.SessionToken;
        instances[1].Send(InstanceFrame.Of(new InstanceControl { Drain = new Drain() }));
        Assert.Same(instances[2].Channel, Pick(bench, token));
    }

    [Fact]
    public async Task A_session_finds_its_instance_after_a_reconnect()
    {
        using Bench bench = new(Sticky());
        ScriptedInstance[] instances = await bench.InstancesAsync(3);
        string token = instances[2].Channel.Instance.SessionToken;
        instances[2].Lose();
        await instances[2].Closed.Soon();
        Assert.NotEqual("i2", Pick(bench, token).InstanceId);
        await bench.InstanceAsync("i2", static hello => hello.Epoch = 2);
        Assert.Equal("i2", Pick(bench, token).InstanceId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a token")]
    [InlineData("0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task A_token_that_nobody_gave_is_as_none(string token)
    {
        using Bench bench = new(Sticky());
        await bench.InstancesAsync(3);
        Assert.Equal(3, Enumerable.Range(0, 30).Select(_ => Pick(bench, token)).Distinct().Count());
    }

    [Fact]
    public async Task A_further_pick_of_the_same_call_goes_elsewhere()
    {
        using Bench bench = new(Sticky());
        ScriptedInstance[] instances = await bench.InstancesAsync(2);
        TestLeg leg = Picks.Bringing((Key, instances[0].Channel.Instance.SessionToken));
        Assert.Contains(instances[1].Channel, Enumerable.Range(0, 4).Select(_ => bench.Target().Pick(Picks.Call(leg, attempt: 1))));
    }

    private static RouterOptions Sticky() => new() { Defaults = { LoadBalancing = { SessionAffinity = true } } };

    private static InstanceChannel Pick(Bench bench, string token) => bench.Target().Pick(Picks.Call(Picks.Bringing((Key, token))))!;
}
