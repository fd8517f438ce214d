using Grpc.Core;

namespace GrpcRouter.Core.Tests;

public sealed class MessageSizeTests
{
    [Theory]
    [InlineData(MethodType.Unary)]
    [InlineData(MethodType.DuplexStreaming)]
    public async Task A_request_is_judged_by_the_limit_of_its_method_and_direction(MethodType type)
    {
        using Bench bench = new(Options());
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Method(type)).Send(new byte[100]);
        if (type == MethodType.Unary)
        {
            leg.HalfClose();
        }

        Assert.NotNull((await instance.NextAsync()).Start);
        leg.Leave();
        await leg.Done.Soon();

        TestLeg refused = bench.Call(Probe.Method(type)).SendRaw([0, 0, 0, 0, 101]);

        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await refused.OutcomeAsync());
        Assert.Equal([new("service", "probe.Probe"), new("direction", "request"), new("limit", "100")], refused.RouterEnd!.Value.Metadata);
    }

    [Fact]
    public async Task A_compressed_message_is_judged_as_it_is_on_the_wire()
    {
        using Bench bench = new(Options());
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg refused = bench.Call(Probe.Unary).SendRaw([1, 0, 0, 0, 101]);
        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await refused.OutcomeAsync());
    }

    [Fact]
    public async Task A_response_is_judged_by_the_limit_of_its_method_and_direction()
    {
        using Bench bench = new(Options());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.First(id, 201, null));

        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await leg.OutcomeAsync());
        Assert.Equal([new("service", "probe.Probe"), new("direction", "response"), new("limit", "200")], leg.RouterEnd!.Value.Metadata);

        // Another method may answer with more, so the instance is told the largest.
        Assert.Equal(300u, instance.Registered.MaxMessageSize);
        (TestLeg other, ulong otherId) = await bench.StartAsync(instance, Probe.ServerStreaming);
        instance.Send(InstanceFrame.First(otherId, 250, new byte[250]), InstanceFrame.Ended(otherId));
        Assert.Equal("OK by the instance", await other.OutcomeAsync());
    }

    [Fact]
    public async Task A_change_of_options_is_for_calls_that_come_after_it()
    {
        using Bench bench = new(Options());
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg before = bench.Call(Probe.Duplex);
        Assert.NotNull((await instance.NextAsync()).Start);
        bench.Hub.Apply(new RouterOptions { MaxMessageSize = 10 });
        before.Send(new byte[100]);
        Assert.Equal(100, (await instance.NextAsync()).Payload!.Length);
        before.Leave();
        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await bench.Call(Probe.Duplex).SendRaw([0, 0, 0, 0, 11]).OutcomeAsync());
    }

    private static RouterOptions Options()
    {
        RouterOptions options = new() { MaxMessageSize = 300 };
        options.Defaults.MaxRequestMessageSize = 100;
        options.Service("probe.Probe").Method("Unary").MaxResponseMessageSize = 200;
        return options;
    }
}
