using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class CreditTests
{
    private const int Window = 65_536;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_response_may_use_its_window_to_the_last_byte_and_no_further(int beyond)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg neighbour, ulong neighbourId) = await bench.StartAsync(instance, Probe.Unary);
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg(responseLimit: 2));
        instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[10_000]));
        instance.Send(InstanceFrame.First(id, 70_000, new byte[30_000]));
        instance.Send(InstanceFrame.Piece(id, new byte[Window - 10_005 - 30_005 + beyond]));
        if (beyond == 0)
        {
            Assert.Empty(await instance.BarrierAsync());
            Assert.False(leg.Done.IsCompleted);
            instance.Send(InstanceFrame.Piece(id, [1]));
        }

        Assert.Equal("Internal CREDIT_OVERRUN", await leg.OutcomeAsync());
        Assert.Equal(CancelReason.Violation, (await instance.NextAsync()).Cancel);
        instance.Send(InstanceFrame.Piece(id, [1]), InstanceFrame.Ended(id));
        instance.Send(InstanceFrame.Message(neighbourId, Probe.Unary, [1]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await neighbour.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_stream_of_empty_messages_is_not_free()
    {
        using Bench bench = new(new RouterOptions { CallWindow = 16_384 });
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg(responseLimit: 2));
        for (int i = 0; i < 16_384 / 5; i++)
        {
            instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, []));
        }

        Assert.False(leg.Done.IsCompleted);
        instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, []));
        Assert.Equal("Internal CREDIT_OVERRUN", await leg.OutcomeAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Credit_comes_back_for_all_that_was_passed_on_in_batches_of_half_a_window(int seed)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        Random random = new(seed);
        long sent = 0;
        long granted = 0;
        for (int i = 0; i < 400; i++)
        {
            InstanceFrame message = InstanceFrame.Message(id, Probe.ServerStreaming, new byte[random.Next(0, 20_000)]);
            int cost = message.Payload!.Length + 5;
            while (Window + granted - sent < cost)
            {
                ulong credit = (await instance.NextAsync()).Credit;
                Assert.True(credit >= Window / 2, $"{credit} is less than half a window.");
                granted += (long)credit;
                Assert.True(granted <= sent, "More came back than was sent.");
            }

            instance.Send(message);
            sent += cost;
            await leg.ReadAsync(cost);
        }

        instance.Send(InstanceFrame.Ended(id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.True(sent - granted < Window + (Window / 2));
    }

    [Fact]
    public async Task A_stuck_client_holds_one_window_and_gets_on_when_it_reads()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg(responseLimit: 2));
        const int Size = 8_187;
        for (int i = 0; i < 8; i++)
        {
            instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[Size]));
        }

        Assert.Empty(await instance.BarrierAsync());
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(Size + 5, (await leg.ReadAsync(Size + 5)).Length);
        }

        // How much of the window the first pass of the relay finds is up to the threads.
        Assert.InRange((await instance.NextAsync()).Credit, (ulong)Window / 2, (ulong)Window);
        leg.Leave();
        await leg.Done.Soon();
        instance.Send(InstanceFrame.Ended(id));
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_response_whose_client_does_not_read_keeps_no_empty_buffer()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg(responseLimit: 2));
        RoutedCall call = Assert.Single(instance.Channel.Calls.Live());
        instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[Window - 5]));
        Patience.Until(() => call.ResponseBufferCapacity <= 2048, "The buffers are given back.");
        Assert.Equal(Window, call.ResponseBytesHeld);
        Assert.Equal(Window, (await leg.ReadAsync(Window)).Length);
        Patience.Until(() => call.ResponseBytesHeld == 0, "All is passed on.");
        leg.Leave();
        await leg.Done.Soon();
        instance.Send(InstanceFrame.Ended(id));
    }

    [Theory]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public async Task A_window_that_is_used_up_within_two_round_trips_doubles(int milliseconds, bool doubles)
    {
        using Bench bench = new();
        ScriptedInstance instance = await WithRoundTripAsync(bench, 10);
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        Assert.Equal(Window / 2, await SpendAsync(instance, leg, id, Window / 2));
        bench.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal((Window / 2) + (doubles ? Window : 0), await SpendAsync(instance, leg, id, Window / 2));
        Assert.Equal(doubles ? Window : 0, instance.Channel.Budget.Used);
        instance.Send(InstanceFrame.Ended(id));
        await leg.Done.Soon();
        bench.AssertIdle();
    }

    [Fact]
    public async Task Windows_grow_to_their_maximum_and_within_the_channels_budget_and_give_back_what_they_took()
    {
        using Bench bench = new(new RouterOptions { MaxCallWindow = 3 * Window, ChannelWindowBudget = 3 * Window });
        ScriptedInstance instance = await WithRoundTripAsync(bench, 10);
        List<(TestLeg Leg, ulong Id)> calls = [];
        for (int i = 0; i < 2; i++)
        {
            (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
            calls.Add((leg, id));
            Assert.Equal(32_768, await SpendAsync(instance, leg, id, 32_768));
        }

        (TestLeg first, ulong firstId) = calls[0];
        Assert.Equal(32_768 + Window, await SpendAsync(instance, first, firstId, 32_768));
        Assert.Equal(65_536 + Window, await SpendAsync(instance, first, firstId, 65_536));
        Assert.Equal(98_304, await SpendAsync(instance, first, firstId, 98_304));
        Assert.Equal(2 * Window, instance.Channel.Budget.Used);

        (TestLeg second, ulong secondId) = calls[1];
        Assert.Equal(32_768 + Window, await SpendAsync(instance, second, secondId, 32_768));
        Assert.Equal(65_536, await SpendAsync(instance, second, secondId, 65_536));
        Assert.Equal(3 * Window, instance.Channel.Budget.Used);

        first.Leave();
        await first.Done.Soon();
        Assert.Equal(Window, instance.Channel.Budget.Used);
        instance.Send(InstanceFrame.Ended(firstId), InstanceFrame.Ended(secondId));
        await second.Done.Soon();
        bench.AssertIdle();
    }

    [Fact]
    public async Task Ten_thousand_stalled_readers_hold_their_initial_windows_and_nothing_else()
    {
        const int Calls = 10_000;
        using Bench bench = new(new RouterOptions { CallWindow = 16_384 });
        ScriptedInstance instance = await WithRoundTripAsync(bench, 1_000);
        List<(TestLeg Leg, ulong Id)> calls = [];
        for (int i = 0; i < Calls; i++)
        {
            calls.Add(await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg(responseLimit: 2)));
            instance.Send(InstanceFrame.Message(calls[i].Id, Probe.ServerStreaming, new byte[500]));
        }

        foreach ((TestLeg leg, ulong id) in calls.Where(static (_, index) => index % 100 == 0))
        {
            instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[16_384 - 505 - 5]));
            Assert.False(leg.Done.IsCompleted);
            instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, []));
            Assert.Equal("Internal CREDIT_OVERRUN", await leg.OutcomeAsync());
        }

        List<RouterFrame> frames = await instance.BarrierAsync();
        Assert.All(frames, static frame => Assert.Equal(CancelReason.Violation, frame.Cancel));
        Assert.Equal(Calls / 100, frames.Count);
        Assert.Equal(0, instance.Channel.Budget.Used);
        Assert.Equal(Calls, instance.Channel.ActiveCalls);
        instance.Lose();
        await Task.WhenAll(calls.Select(static call => call.Leg.Done)).Soon();
        Assert.All(calls, static call => Assert.Single(call.Leg.Outcomes));
        bench.AssertIdle();
    }

    [Fact]
    public async Task Credit_may_add_up_to_2147483647_and_a_byte_more_ends_the_channel()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex);
        ulong id = (await instance.NextAsync()).CallId;
        instance.Send(InstanceFrame.Grant(id, int.MaxValue - Window));
        Assert.Empty(await instance.BarrierAsync());
        instance.Send(InstanceFrame.Grant(id, 1));
        Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        Assert.Equal(ChannelErrorCode.Violation, (await instance.RestAsync())[^1].Control?.Error?.Code);
    }

    [Theory]
    [InlineData(1ul << 31)]
    [InlineData((1ul << 63) + 5)]
    [InlineData(ulong.MaxValue)]
    public async Task A_grant_that_is_no_credit_ends_the_channel(ulong credit)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Grant(id, credit));
        Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
    }

    [Fact]
    public async Task A_grant_of_nothing_changes_nothing()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync(window: 16_384);
        TestLeg leg = bench.Call(Probe.ClientStreaming).Send(new byte[20_000]);
        await instance.NextAsync();
        RouterFrame piece = await instance.NextAsync();
        Assert.Equal(16_384, piece.Cost);
        using FrameBuffer zero = new();
        int mark = zero.BeginFrame(piece.CallId);
        zero.WriteVarint(FrameField.Credit, 0);
        zero.EndFrame(mark);
        instance.Send(zero.WrittenSpan.ToArray());
        Assert.Empty(await instance.BarrierAsync());
        instance.Send(InstanceFrame.Grant(piece.CallId, 1));
        Assert.Single((await instance.NextAsync()).Fragment!);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_request_never_costs_more_than_its_credit_and_uses_all_of_it(int seed)
    {
        using Bench bench = new();
        Random random = new(seed);
        ScriptedInstance instance = await bench.InstanceAsync(window: 16_384);
        TestLeg leg = bench.Call(Probe.Duplex);
        ulong id = (await instance.NextAsync()).CallId;
        long credit = 16_384;
        long total = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] message = new byte[random.Next(4) == 0 ? random.Next(0, 50_000) : random.Next(0, 300)];
            leg.Send(message);
            total += message.Length + 5;
        }

        leg.HalfClose();
        bool closed = false;
        while (!closed)
        {
            RouterFrame frame = await instance.NextAsync();
            credit -= frame.Cost;
            total -= frame.Cost;
            closed = frame.HalfClose;
            Assert.True(credit >= 0, "The router sent beyond its credit.");
            if (total > 0 && credit <= 5)
            {
                int grant = random.Next(6, 20_000);
                credit += grant;
                instance.Send(InstanceFrame.Grant(id, (ulong)grant));
            }
        }

        Assert.Equal(0, total);
        instance.Send(InstanceFrame.Ended(id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    private static async Task<ScriptedInstance> WithRoundTripAsync(Bench bench, int milliseconds)
    {
        ScriptedInstance instance = new() { ShowsPings = true };
        await instance.RegisterAsync(bench.Router);
        ulong nonce = (await instance.NextAsync()).Control!.Ping.Nonce;
        bench.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        instance.Send(InstanceFrame.Pong(nonce));
        instance.ShowsPings = false;
        return instance;
    }

    /// <summary>Sends a message of that cost, lets the client read it, and gives the credit that comes.</summary>
    private static async Task<int> SpendAsync(ScriptedInstance instance, TestLeg leg, ulong id, int cost)
    {
        instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[cost - 5]));
        await leg.ReadAsync(cost);
        RouterFrame frame = await instance.NextAsync();
        Assert.Equal(id, frame.CallId);
        return (int)frame.Credit;
    }
}
