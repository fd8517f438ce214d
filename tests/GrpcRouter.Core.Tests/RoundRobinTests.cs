namespace GrpcRouter.Core.Tests;

public sealed class RoundRobinTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Channels_share_calls_evenly_within_one_while_they_come_and_go(int count)
    {
        using Bench bench = new();
        List<ScriptedInstance> instances = [];
        for (int i = 0; i < count; i++)
        {
            instances.Add(await bench.InstanceAsync($"i{i}"));
        }

        RoundRobinBalancer balancer = new();
        for (int round = 0; round < 20; round++)
        {
            Dictionary<InstanceChannel, int> picks = [];
            InstanceSnapshot pickable = bench.Router.Registry.Pickable;
            for (int i = 0; i < (count * 11) + round; i++)
            {
                InstanceChannel picked = balancer.Pick(pickable, new PickContext(Probe.Unary, 0));
                picks[picked] = picks.GetValueOrDefault(picked) + 1;
            }

            Assert.Equal(count, picks.Count);
            Assert.InRange(picks.Values.Max() - picks.Values.Min(), 0, 1);
            instances[0].Lose();
            await instances[0].Closed.Soon();
            instances.RemoveAt(0);
            instances.Add(await bench.InstanceAsync($"r{round}"));
        }
    }

    [Fact]
    public async Task A_full_channel_is_passed_over_and_when_all_are_full_the_call_is_told_so()
    {
        using Bench bench = new(new RouterOptions { MaxCallsPerChannel = 2 });
        ScriptedInstance one = await bench.InstanceAsync("one");
        ScriptedInstance two = await bench.InstanceAsync("two");
        TestLeg[] legs = [.. Enumerable.Range(0, 4).Select(_ => bench.Call(Probe.Duplex))];
        Assert.Equal((2, 2), (one.Channel.ActiveCalls, two.Channel.ActiveCalls));
        Assert.Equal("ResourceExhausted TOO_MANY_CALLS", await bench.Call(Probe.Duplex).OutcomeAsync());
        legs[0].Leave();
        Assert.Equal("aborted", await legs[0].OutcomeAsync());
        Assert.Equal("ResourceExhausted TOO_MANY_CALLS", await bench.Call(Probe.Duplex).OutcomeAsync());
        one.Send(InstanceFrame.Ended((await one.NextAsync()).CallId));
        two.Send(InstanceFrame.Ended((await two.NextAsync()).CallId));
        TestLeg taken = bench.Call(Probe.Duplex);
        Assert.Equal(3, one.Channel.ActiveCalls + two.Channel.ActiveCalls);
        taken.Leave();
        await taken.Done.Soon();
    }
}
