using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class StreamAgeTests
{
    [Fact]
    public async Task A_stream_ends_at_its_age_give_or_take_a_tenth()
    {
        RouterOptions options = new();
        options.Defaults.MaxStreamAge = TimeSpan.FromMinutes(10);
        options.KeepAliveInterval = TimeSpan.FromHours(1);
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex);
        ulong id = (await instance.NextAsync()).CallId;
        bench.Time.Advance(TimeSpan.FromMinutes(8.99));
        Assert.False(leg.Done.IsCompleted);
        bench.Time.Advance(TimeSpan.FromMinutes(2.02));
        Assert.Equal("Unavailable STREAM_MAX_AGE", await leg.OutcomeAsync());
        RouterFrame cancel = await instance.NextAsync();
        Assert.Equal((id, CancelReason.Router), (cancel.CallId, cancel.Cancel));
        instance.Send(InstanceFrame.Ended(id));
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_unary_call_has_no_age()
    {
        RouterOptions options = new();
        options.Defaults.MaxStreamAge = TimeSpan.FromSeconds(1);
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        instance.Send(RetryTests.Message(id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }
}
