using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class ChannelLifeTests
{
    private static readonly byte[] Bulk = new byte[100_000];

    [Fact]
    public async Task An_instance_that_answers_pings_may_be_idle_for_a_day()
    {
        using Bench bench = new();
        ScriptedInstance instance = await new ScriptedInstance { AnswersPings = true, ShowsPings = true }.RegisterAsync(bench.Router);
        (TestLeg leg, ulong id) = await StartBesidePingsAsync(bench, instance);
        int pings = 0;
        for (int second = 0; second < 24 * 60 * 60; second += 5)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(5));

            // The answer has come before the next tick.
            if (second % 15 == 10)
            {
                Assert.NotNull((await instance.NextAsync()).Control?.Ping);
                pings++;
            }
        }

        Assert.Equal(24 * 60 * 4, pings);
        Assert.False(instance.Closed.IsCompleted);
        instance.Send(InstanceFrame.Ended(id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
    }

    [Fact]
    public async Task An_instance_that_answers_no_ping_loses_its_channel_and_calls_in_time()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, _) = await bench.StartAsync(instance, Probe.Unary);
        bench.Time.Advance(TimeSpan.FromSeconds(34));
        Assert.False(instance.Closed.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        Assert.Equal(ChannelErrorCode.Keepalive, (await instance.RestAsync())[^1].Control?.Error?.Code);
        Assert.Equal(StatusCode.Unavailable, (await instance.Closed).StatusCode);
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.2)]
    [InlineData(2.4)]
    [InlineData(2.6)]
    [InlineData(4.9)]
    public async Task A_half_open_connection_is_found_within_interval_and_timeout_whenever_it_broke(double after)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(after));
        await instance.BarrierAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(instance.Closed.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ChannelErrorCode.Keepalive, (await instance.RestAsync())[^1].Control?.Error?.Code);
    }

    [Fact]
    public async Task An_idle_channel_holds_no_buffers_and_serves_again()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        Assert.NotEqual(0, instance.Channel.Output.HeldBytes);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, instance.Channel.Output.HeldBytes);
        instance.Send(InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        (TestLeg again, ulong another) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Message(another, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await again.OutcomeAsync());
    }

    [Fact]
    public async Task A_drained_channel_gets_no_start_after_the_ack_and_ends_its_calls()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Drain());
        Assert.NotNull((await instance.NextAsync()).Control?.DrainAck);
        TestLeg refused = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Assert.Equal("Unavailable NO_INSTANCE", await refused.OutcomeAsync());
        instance.Send(InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        instance.Hangup();
        Assert.Empty(await instance.RestAsync());
        Assert.Equal(StatusCode.OK, (await instance.Closed).StatusCode);
    }

    [Fact]
    public async Task Calls_that_race_with_a_drain_start_before_the_ack_or_elsewhere()
    {
        using Bench bench = new();
        ScriptedInstance stays = await bench.InstanceAsync("stays");
        for (int round = 0; round < 200; round++)
        {
            ScriptedInstance leaves = await bench.InstanceAsync("leaves");
            Task<TestLeg[]> calls = Task.Run(() => Enumerable.Range(0, 8).Select(_ => bench.Call(Probe.Unary).Send([1]).HalfClose()).ToArray());
            await Task.Yield();
            leaves.Send(InstanceFrame.Drain());
            TestLeg[] legs = await calls;
            List<RouterFrame> left = [];
            while (left.Count == 0 || left[^1].Control?.DrainAck is null)
            {
                left.Add(await leaves.NextAsync());
            }

            foreach (RouterFrame start in left.SkipLast(1))
            {
                Assert.NotNull(start.Start);
                leaves.Send(InstanceFrame.Ended(start.CallId, StatusCode.NotFound));
            }

            for (int i = left.Count - 1; i < legs.Length; i++)
            {
                stays.Send(InstanceFrame.Ended((await stays.NextAsync()).CallId, StatusCode.NotFound));
            }

            foreach (TestLeg leg in legs)
            {
                Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
            }

            leaves.Hangup();
            await leaves.Closed.Soon();
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_waiting_for_its_turn_when_its_channel_drains_goes_to_another_with_the_smallest_window()
    {
        using Bench bench = new();
        ScriptedInstance full = await bench.InstanceAsync("full");
        await full.StallWritingAsync();
        TestLeg bulk = bench.Call(Probe.ClientStreaming).Send(Bulk);
        int whole = FragmentedFrom;
        TestLeg[] waiting =
        [
            bench.Call(Probe.Unary).Send(new byte[whole]).HalfClose(),
            bench.Call(Probe.Unary).Send(new byte[whole + 1]).HalfClose(),
        ];
        Assert.Equal(2, full.Channel.Output.QueuedTurns);
        ScriptedInstance small = await bench.InstanceAsync("small", window: 16_384);
        full.Send(InstanceFrame.Drain());
        full.Resume();
        List<RouterFrame> frames = [];
        Dictionary<ulong, int> bytes = [];
        while (bytes.Count < 2 || bytes.Values.Any(length => length < whole))
        {
            RouterFrame frame = await small.NextAsync();
            bytes[frame.CallId] = bytes.GetValueOrDefault(frame.CallId) + (frame.Fragment ?? frame.Payload ?? []).Length;
            small.Send(InstanceFrame.Grant(frame.CallId, (ulong)frame.Cost + 1));
        }

        foreach (ulong id in bytes.Keys)
        {
            small.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
        }

        foreach (TestLeg leg in waiting)
        {
            Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
        }

        full.Hangup();
        Assert.Equal("Unavailable INSTANCE_LOST", await bulk.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_router_that_shuts_down_drains_each_channel_and_ends_it_with_its_last_call()
    {
        using Bench bench = new(Bench.Balanced(static () => new Always("busy")));
        ScriptedInstance idle = await bench.InstanceAsync("idle");
        idle.Send(InstanceFrame.Of(new InstanceControl { LoadReport = new LoadReport { Utilization = 0.5 } }));
        ScriptedInstance silent = new ScriptedInstance().Connect(bench.Router);
        ScriptedInstance busy = await bench.InstanceAsync("busy");
        (TestLeg first, ulong firstId) = await bench.StartAsync(busy, Probe.Unary);
        (TestLeg second, ulong secondId) = await bench.StartAsync(busy, Probe.Duplex);
        bench.Hub.BeginShutdown();
        Assert.Equal(ChannelErrorCode.Shutdown, (await idle.RestAsync())[^1].Control?.Error?.Code);
        Assert.Equal(ChannelErrorCode.Shutdown, (await silent.RestAsync())[^1].Control?.Error?.Code);
        Assert.Equal("The router is shutting down.", (await busy.NextAsync()).Control?.Drain?.Reason);
        busy.Send(InstanceFrame.Of(new InstanceControl { DrainAck = new DrainAck() }));
        Assert.Equal("Unavailable ROUTER_SHUTDOWN", await bench.Call(Probe.Unary).Send([1]).HalfClose().OutcomeAsync());

        busy.Send(InstanceFrame.Ended(firstId, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await first.OutcomeAsync());
        second.Leave();
        Assert.Equal("aborted", await second.OutcomeAsync());
        Assert.Equal(CancelReason.Client, (await busy.NextAsync()).Cancel);
        Assert.False(busy.Closed.IsCompleted);
        busy.Send(InstanceFrame.Ended(secondId));
        Assert.Equal(ChannelErrorCode.Shutdown, Assert.Single(await busy.RestAsync()).Control?.Error?.Code);
        Assert.Equal(StatusCode.Unavailable, (await busy.Closed).StatusCode);
        Assert.Equal(0, bench.Router.OpenChannels);

        ScriptedInstance late = new ScriptedInstance().Connect(bench.Router);
        late.Send(InstanceFrame.Of(new InstanceControl { Hello = ScriptedInstance.Hello() }));
        Assert.Equal(ChannelErrorCode.Shutdown, Assert.Single(await late.RestAsync()).Control?.Error?.Code);
    }

    [Fact]
    public async Task An_error_of_the_instance_ends_the_channel_and_its_calls_and_nothing_behind_it_counts()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Of(new InstanceControl { Error = new ChannelError { Code = ChannelErrorCode.Shutdown } }), InstanceFrame.Ended(id));
        Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        Assert.Empty(await instance.RestAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_lost_transport_ends_all_calls_once_and_no_call_of_another_channel()
    {
        using Bench bench = new();
        ScriptedInstance other = await bench.InstanceAsync("other");
        ScriptedInstance lost = await bench.InstanceAsync("lost");
        List<TestLeg> legs = [];
        for (int i = 0; i < 10; i++)
        {
            legs.Add(bench.Call(Probe.Duplex).Send([1]));
        }

        // What has not left the router yet would go to the other instance.
        for (int started = 0; started < 5; started += (await lost.NextAsync()).Start is null ? 0 : 1)
        {
        }

        lost.Lose();
        await lost.Closed.Soon();
        Patience.Until(() => legs.Count(static leg => leg.Done.IsCompleted) == 5, "Half of the calls were there.");
        foreach (TestLeg leg in legs.Where(static leg => leg.Done.IsCompleted))
        {
            Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        }

        other.Hangup(new IOException("cut"));
        foreach (TestLeg leg in legs)
        {
            Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task A_channel_that_cannot_be_written_to_ends_although_it_can_be_read()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        instance.BreakReceiving();
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        await instance.Closed.Soon();
        Assert.Empty(bench.Router.Instances);
    }

    [Fact]
    public async Task The_error_is_the_last_frame_that_leaves()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        await instance.StallWritingAsync();
        TestLeg[] legs = [.. Enumerable.Range(0, 4).Select(_ => bench.Call(Probe.ClientStreaming).Send([1, 2, 3]))];
        instance.Send(InstanceFrame.Ended(999));
        TestLeg late = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Assert.Equal("Unavailable NO_INSTANCE", await late.OutcomeAsync());
        instance.Resume();
        List<RouterFrame> rest = await instance.RestAsync();
        Assert.Equal(ChannelErrorCode.Violation, rest[^1].Control?.Error?.Code);
        Assert.Equal(4, rest.Count(static frame => frame.Start is not null));
        Assert.Single(rest, static frame => frame.Control?.Error is not null);
        foreach (TestLeg leg in legs)
        {
            Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        }
    }

    [Fact]
    public async Task A_cancel_leaves_behind_the_start_of_its_own_call_and_before_the_data_of_others()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg running = bench.Call(Probe.Duplex).Send([1]);
        ulong runningId = (await instance.NextAsync()).CallId;
        await instance.NextAsync();
        await instance.StallWritingAsync();
        TestLeg young = bench.Call(Probe.Duplex).Send([3]);
        young.Leave();
        Assert.Equal("aborted", await young.OutcomeAsync());
        running.Leave();
        Assert.Equal("aborted", await running.OutcomeAsync());
        instance.Resume();
        List<RouterFrame> frames = [];
        while (frames.Count(static frame => frame.Cancel is not null) < 2)
        {
            frames.Add(await instance.NextAsync());
        }

        int data = frames.FindIndex(static frame => frame.Payload is [3]);
        int itsCancel = frames.FindIndex(frame => frame.Cancel is not null && frame.CallId != runningId);
        int cancel = frames.FindIndex(frame => frame.Cancel is not null && frame.CallId == runningId);
        Assert.True(data >= 0 && data < itsCancel, "The start is ahead of its cancel.");
        Assert.True(cancel >= 0 && cancel < data, "The cancel of a call that has started overtakes data.");
    }

    private const int FragmentedFrom = 16_384;

    private static async Task<(TestLeg Leg, ulong Id)> StartBesidePingsAsync(Bench bench, ScriptedInstance instance)
    {
        TestLeg leg = bench.Call(Probe.ServerStreaming).Send([1]).HalfClose();
        RouterFrame frame;
        do
        {
            frame = await instance.NextAsync();
        }
        while (frame.Start is null);
        return (leg, frame.CallId);
    }

    private sealed class Always(string id) : ILoadBalancer
    {
        public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call) => instances.Find(id);
    }
}
