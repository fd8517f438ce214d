using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class DrainTellingTests
{
    [Fact]
    public async Task A_stream_that_ends_while_its_instance_drains_says_so_to_the_client()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg before, ulong beforeId) = await bench.StartAsync(instance, Probe.Duplex);
        (TestLeg during, ulong duringId) = await bench.StartAsync(instance, Probe.ServerStreaming);
        instance.Send(InstanceFrame.Ended(beforeId));
        Assert.Equal("OK by the instance", await before.OutcomeAsync());
        instance.Send(InstanceFrame.Drain(), InstanceFrame.Ended(duringId));
        Assert.Equal("OK by the instance", await during.OutcomeAsync());
        Assert.Equal((null, "instance"), (before.Drainer, during.Drainer));
    }

    [Fact]
    public async Task A_unary_call_says_it_only_when_it_was_cut_off()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg done, ulong doneId) = await bench.StartAsync(instance, Probe.Unary);
        (TestLeg cut, ulong cutId) = await bench.StartAsync(instance, Probe.Unary);
        (TestLeg lost, _) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(
            InstanceFrame.Drain(),
            InstanceFrame.Message(doneId, Probe.Unary, [9]) with { End = new CallEnd() },
            InstanceFrame.Ended(cutId, StatusCode.Unavailable, "The instance is stopping."));
        instance.Hangup();
        Assert.Equal("OK by the instance", await done.OutcomeAsync());
        Assert.Equal("Unavailable by the instance", await cut.OutcomeAsync());
        Assert.Equal("Unavailable INSTANCE_LOST", await lost.OutcomeAsync());
        Assert.Equal((null, "instance", "instance"), (done.Drainer, cut.Drainer, lost.Drainer));
    }

    [Fact]
    public async Task A_router_that_drains_tells_the_instance_how_long_and_the_client_who()
    {
        using Bench bench = new();
        ScriptedInstance bounded = await bench.InstanceAsync("bounded");
        (TestLeg leg, ulong id) = await bench.StartAsync(bounded, Probe.ClientStreaming);
        ScriptedInstance unbounded = await bench.InstanceAsync("unbounded");
        bounded.Channel.BeginDrain("soon", TimeSpan.FromSeconds(25));
        unbounded.Channel.BeginDrain("some day");
        Assert.Equal(new Drain { Reason = "soon", GraceUs = 25_000_000 }, (await bounded.NextAsync()).Control?.Drain);
        Assert.Equal(new Drain { Reason = "some day" }, (await unbounded.NextAsync()).Control?.Drain);
        bounded.Send(InstanceFrame.Ended(id, StatusCode.Aborted));
        Assert.Equal("Aborted by the instance", await leg.OutcomeAsync());
        Assert.Equal("router", leg.Drainer);
        Assert.Equal("soon", (await bounded.Closed.Soon()).Detail);
    }
}
