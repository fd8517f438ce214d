using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class RenewalTests
{
    private const string Feature = "renew";
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task The_features_in_use_are_those_that_both_sides_have()
    {
        using Bench bench = new();
        Hello hello = ScriptedInstance.Hello();
        hello.Features.Add(["from-another-time", Feature]);
        ScriptedInstance instance = await new ScriptedInstance().RegisterAsync(bench.Router, hello);
        Assert.Equal([Feature], instance.Registered.Features);
        Assert.Empty((await bench.InstanceAsync("older")).Registered.Features);
    }

    [Fact]
    public async Task A_renewed_channel_drains_and_finishes_its_calls_while_the_new_one_serves()
    {
        using Bench bench = new();
        ScriptedInstance old = await RegisterAsync(bench);
        (TestLeg running, ulong id) = await bench.StartAsync(old, Probe.Unary);
        ScriptedInstance young = await RegisterAsync(bench, renews: true);
        Assert.Equal("Instance one has renewed its channel.", (await old.NextAsync()).Control?.Drain?.Reason);
        Assert.Same(young.Channel, Assert.Single(bench.Router.Registry.Pickable));
        (TestLeg fresh, ulong freshId) = await bench.StartAsync(young, Probe.Unary);
        old.Send(InstanceFrame.Of(new InstanceControl { DrainAck = new DrainAck() }), InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await running.OutcomeAsync());
        Assert.Equal(ChannelErrorCode.Shutdown, Assert.Single(await old.RestAsync()).Control?.Error?.Code);
        young.Send(InstanceFrame.Message(freshId, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await fresh.OutcomeAsync());
        Assert.Same(young.Channel, Assert.Single(bench.Router.Instances));
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Without_the_feature_or_after_a_restart_the_old_channel_is_replaced(bool feature, ulong epoch)
    {
        using Bench bench = new();
        ScriptedInstance old = await RegisterAsync(bench);
        await RegisterAsync(bench, renews: true, feature: feature, epoch: epoch);
        Assert.Equal(ChannelErrorCode.Replaced, Assert.Single(await old.RestAsync()).Control?.Error?.Code);
    }

    [Fact]
    public async Task No_call_fails_while_channels_are_renewed_under_load()
    {
        using Bench bench = new();
        ScriptedInstance current = await RegisterAsync(bench);
        for (int round = 0; round < 200; round++)
        {
            Task<TestLeg[]> calls = Task.Run(() => Enumerable.Range(0, 8).Select(_ => bench.Call(Probe.Unary).Send([1]).HalfClose()).ToArray());
            await Task.Yield();
            ScriptedInstance next = await RegisterAsync(bench, renews: true);
            TestLeg[] legs = await calls;
            int answered = 0;
            while (await current.NextOrEndAsync() is { } frame)
            {
                answered += Answer(current, frame);
            }

            Assert.Equal(StatusCode.Unavailable, (await current.Closed.Soon()).StatusCode);
            while (answered < legs.Length)
            {
                answered += Answer(next, await next.NextAsync());
            }

            foreach (TestLeg leg in legs)
            {
                Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
            }

            current = next;
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task At_its_age_an_instance_is_asked_for_a_new_channel_again_and_again_and_serves_on()
    {
        using Bench bench = new(Aging(new Middle()));
        ScriptedInstance instance = await new ScriptedInstance().RegisterAsync(bench.Router, Hello());
        for (int i = 0; i < 3; i++)
        {
            bench.Time.Advance(Age - TimeSpan.FromSeconds(15));
            Assert.Empty(await instance.BarrierAsync());
            bench.Time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal("The channel has reached its age.", (await instance.NextAsync()).Control?.Renew?.Reason);
        }

        Assert.Equal(InstanceState.Ready, instance.Channel.State);
        Assert.Same(instance.Channel, Assert.Single(bench.Router.Registry.Pickable));
    }

    [Fact]
    public async Task At_its_age_a_channel_that_cannot_be_renewed_is_drained_and_finishes_its_calls()
    {
        using Bench bench = new(Aging(new Middle()));
        ScriptedInstance instance = await new ScriptedInstance().RegisterAsync(bench.Router, ScriptedInstance.Hello());
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Duplex);
        bench.Time.Advance(Age);
        Assert.Equal("The channel has reached its age.", (await instance.NextAsync()).Control?.Drain?.Reason);
        Assert.Empty(bench.Router.Registry.Pickable);
        instance.Send(InstanceFrame.Ended(id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal("channel", leg.Drainer);
        await instance.Closed.Soon();
    }

    [Fact]
    public async Task Ages_lie_within_a_tenth_and_apart()
    {
        using Bench bench = new(Aging(new Random(5)));
        List<ScriptedInstance> waiting = [];
        for (int i = 0; i < 200; i++)
        {
            waiting.Add(await new ScriptedInstance().RegisterAsync(bench.Router, Hello($"n{i}")));
        }

        bench.Time.Advance(Age * 0.9 - TimeSpan.FromSeconds(5));
        foreach (ScriptedInstance instance in waiting)
        {
            Assert.Empty(await instance.BarrierAsync());
        }

        int slices = 0;
        for (TimeSpan passed = TimeSpan.Zero; passed < Age * 0.2 + TimeSpan.FromSeconds(10); passed += TimeSpan.FromSeconds(5))
        {
            bench.Time.Advance(TimeSpan.FromSeconds(5));
            HashSet<ScriptedInstance> asked = [];
            foreach (ScriptedInstance instance in waiting)
            {
                if (await instance.BarrierAsync() is [{ Control.Renew: not null }])
                {
                    asked.Add(instance);
                }
            }

            Assert.InRange(asked.Count, 0, 25);
            slices += asked.Count > 0 ? 1 : 0;
            waiting.RemoveAll(asked.Contains);
        }

        Assert.Empty(waiting);
        Assert.InRange(slices, 20, 25);
    }

    private static RouterOptions Aging(Random random) => new()
    {
        MaxChannelAge = Age,
        Random = random,
        KeepAliveInterval = TimeSpan.FromDays(1),
    };

    private static int Answer(ScriptedInstance instance, RouterFrame frame)
    {
        if (frame.Start is null)
        {
            return 0;
        }

        instance.Send(InstanceFrame.Ended(frame.CallId, StatusCode.NotFound));
        return 1;
    }

    private static Hello Hello(string id = "one")
    {
        Hello hello = ScriptedInstance.Hello(id);
        hello.Features.Add(Feature);
        return hello;
    }

    // Of two channels with the same names the new one is in the registry.
    private static Task<ScriptedInstance> RegisterAsync(Bench bench, bool renews = false, bool feature = true, ulong epoch = 1)
    {
        Hello hello = feature ? Hello() : ScriptedInstance.Hello();
        hello.Renews = renews;
        hello.Epoch = epoch;
        return new ScriptedInstance().RegisterAsync(bench.Router, hello);
    }

    private sealed class Middle() : Random(0)
    {
        public override double NextDouble() => 0.5;
    }
}
