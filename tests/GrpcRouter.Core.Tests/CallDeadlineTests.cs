using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class CallDeadlineTests
{
    [Theory]
    [InlineData("0n")]
    [InlineData("0S")]
    [InlineData("00000000H")]
    public async Task A_call_whose_time_is_up_on_arrival_reaches_no_instance(string timeout)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex, new TestLeg { Timeout = timeout });
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        Assert.Empty(await instance.BarrierAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("123456789S")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("1S,1S")]
    public async Task A_timeout_that_cannot_be_read_is_internal(string timeout)
    {
        using Bench bench = new();
        Assert.Equal("Internal BAD_TIMEOUT", await bench.Call(Probe.Unary, new TestLeg { Timeout = timeout }).OutcomeAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData("2S", 2_000_000)]
    [InlineData("1500m", 1_500_000)]
    [InlineData("700u", 700)]
    [InlineData("1H", 3_600_000_000)]
    public async Task What_is_left_travels_in_microseconds_less_the_time_at_the_router(string timeout, long microseconds)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary, new TestLeg { Timeout = timeout }).Send([1]);
        bench.Time.Advance(TimeSpan.FromMicroseconds(600));
        leg.HalfClose();
        RouterFrame frame = await instance.NextAsync();
        Assert.Equal((ulong)microseconds - 600, frame.Start!.TimeoutUs);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
    }

    [Fact]
    public async Task The_router_ends_a_call_of_a_mute_instance_and_tells_it()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { Timeout = "100m" });
        bench.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(await instance.BarrierAsync());
        bench.Time.Advance(TimeSpan.FromMilliseconds(6));
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        Assert.Equal(CancelReason.Deadline, (await instance.NextAsync()).Cancel);
        instance.Send(InstanceFrame.Ended(id));
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_waits_for_its_client_or_for_credit_or_for_a_stuck_reader_ends_in_time()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync(window: 16_384);
        TestLeg mute = bench.Call(Probe.Unary, new TestLeg { Timeout = "1S" });
        TestLeg starved = bench.Call(Probe.ClientStreaming, new TestLeg { Timeout = "1S" }).Send(new byte[40_000]);
        ulong starvedId = (await instance.NextAsync()).CallId;
        await instance.NextAsync();
        (TestLeg stuck, ulong stuckId) = await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg(2) { Timeout = "1S" });
        instance.Send(InstanceFrame.Message(stuckId, Probe.ServerStreaming, new byte[100]));
        bench.Time.Advance(TimeSpan.FromMilliseconds(1_010));
        foreach (TestLeg leg in (TestLeg[])[mute, starved, stuck])
        {
            Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        }

        instance.Send(InstanceFrame.Ended(starvedId), InstanceFrame.Ended(stuckId));
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_that_is_stuck_when_the_instance_ends_is_given_up_in_time_or_when_it_leaves(bool leaves)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg(2) { Timeout = "1S" });
        instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[100]));
        await leg.ReadAsync(50);
        instance.Send(InstanceFrame.Ended(id));
        Assert.False(leg.Done.IsCompleted);
        if (leaves)
        {
            leg.Leave();
        }
        else
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(1_010));
        }

        Assert.Equal(leaves ? "aborted" : "DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task The_longest_call_that_the_router_allows_holds_for_calls_without_and_with_a_longer_timeout()
    {
        using Bench bench = new(new RouterOptions { MaxCallDuration = TimeSpan.FromSeconds(1) });
        ScriptedInstance instance = await bench.InstanceAsync();
        foreach (string? timeout in (string?[])[null, "99999999H"])
        {
            (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { Timeout = timeout });
            bench.Time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
            instance.Send(InstanceFrame.Ended(id));
        }
    }

    [Fact]
    public async Task A_longest_call_of_all_time_is_none()
    {
        using Bench bench = new(new RouterOptions { MaxCallDuration = TimeSpan.MaxValue });
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        Assert.Equal(0, bench.Hub.Deadlines.Count);
        instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
    }
}
