using Grpc.Core;

namespace GrpcRouter.Core.Tests;

public sealed class MessagePaceTests
{
    private static readonly byte[] Message = TestLeg.Framed([7, 7, 7]);

    [Fact]
    public async Task Requests_beyond_the_rate_wait_at_the_client_and_go_on_with_time()
    {
        using Bench bench = new(Options(MessageRateAction.Throttle));
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex);
        ulong id = (await instance.NextAsync()).CallId;
        leg.SendRaw([.. Message, .. Message, .. Message, .. Message]);
        await NextMessageAsync(instance);
        await NextMessageAsync(instance);
        await WaitsAsync(bench);
        Assert.Empty(await instance.BarrierAsync());

        leg.HalfClose();
        TimeSpan third = await PassUntilAsync(bench, NextMessageAsync(instance));
        Assert.True(third >= TimeSpan.FromMilliseconds(500));
        Assert.True(third + await PassUntilAsync(bench, NextMessageAsync(instance)) >= TimeSpan.FromSeconds(1));
        Assert.True((await instance.NextAsync()).HalfClose);

        instance.Send(InstanceFrame.Ended(id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_requests_wait_ends_its_call()
    {
        using Bench bench = new(Options(MessageRateAction.Throttle));
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex);
        ulong id = (await instance.NextAsync()).CallId;
        leg.SendRaw([.. Message, .. Message, .. Message]);
        await WaitsAsync(bench);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
        instance.Send(InstanceFrame.Ended(id, StatusCode.Cancelled));
        bench.AssertIdle();
    }

    [Fact]
    public async Task Requests_beyond_the_rate_end_the_call_where_that_is_asked_for()
    {
        using Bench bench = new(Options(MessageRateAction.Refuse));
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex).SendRaw([.. Message, .. Message, .. Message]);
        Assert.Equal("ResourceExhausted MESSAGE_RATE", await leg.OutcomeAsync());
        Assert.Equal([new("service", "probe.Probe"), new("direction", "request"), new("limit", "2")], leg.RouterEnd!.Value.Metadata);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Responses_beyond_the_rate_wait_at_the_router_and_go_on_with_time(bool inPieces)
    {
        using Bench bench = new(Options(MessageRateAction.Throttle));
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        byte[] message = new byte[10_000];
        Random.Shared.NextBytes(message);
        InstanceFrame[] frames = inPieces
            ? [InstanceFrame.First(id, 10_000, message[..6000]), InstanceFrame.Piece(id, message[6000..])]
            : [InstanceFrame.Message(id, Probe.ServerStreaming, message)];
        for (int i = 0; i < 5; i++)
        {
            instance.Send(frames);
        }

        instance.Send(InstanceFrame.Ended(id));
        byte[] framed = TestLeg.Framed(message);
        Assert.Equal((byte[])[.. framed, .. framed], await leg.ReadAsync(2 * framed.Length));
        TimeSpan passed = TimeSpan.Zero;
        for (int i = 1; i <= 2; i++)
        {
            Assert.False(leg.Done.IsCompleted);
            Task<byte[]> next = leg.ReadAsync(framed.Length);
            passed += await PassUntilAsync(bench, next);
            Assert.Equal(framed, await next);
            Assert.True(passed >= TimeSpan.FromMilliseconds(i * 500));
        }

        // The last goes with the end.
        passed += await PassUntilAsync(bench, leg.Done);
        Assert.True(passed >= TimeSpan.FromMilliseconds(1500));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(framed, await leg.BodyAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task Responses_that_wait_keep_their_credit()
    {
        using Bench bench = new(Options(MessageRateAction.Throttle));
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        for (int i = 0; i < 4; i++)
        {
            instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[16_000]));
        }

        await leg.ReadAsync(2 * 16_005);
        Assert.DoesNotContain(await instance.BarrierAsync(), static frame => frame.Credit > 0);
        Task<RouterFrame> credit = instance.NextAsync();
        Assert.True(await PassUntilAsync(bench, credit) >= TimeSpan.FromMilliseconds(500));
        Assert.True((await credit).Credit >= 3 * 16_005);
        leg.Leave();
        await leg.Done.Soon();
        instance.Send(InstanceFrame.Ended(id, StatusCode.Cancelled));
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Responses_that_wait_go_with_their_call(bool ended)
    {
        using Bench bench = new(Options(MessageRateAction.Throttle));
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming, new TestLeg { Timeout = "1S" });
        InstanceFrame message = InstanceFrame.Message(id, Probe.ServerStreaming, [1]);
        instance.Send(message, message, message, message, message, message);
        if (ended)
        {
            instance.Send(InstanceFrame.Ended(id));
        }

        await leg.ReadAsync(12);
        Patience.Until(() => bench.Hub.Deadlines.Count == 2, "The rest waits, and so does the deadline.");
        Assert.True(await PassUntilAsync(bench, leg.Done) >= TimeSpan.FromSeconds(1));
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        instance.Send(ended ? [] : InstanceFrame.Ended(id, StatusCode.Cancelled).ToBytes());
        bench.AssertIdle();
    }

    [Fact]
    public async Task Responses_beyond_the_rate_end_the_call_where_that_is_asked_for()
    {
        using Bench bench = new(Options(MessageRateAction.Refuse));
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        InstanceFrame message = InstanceFrame.Message(id, Probe.ServerStreaming, [1]);
        instance.Send(message, message, message);
        Assert.Equal("ResourceExhausted MESSAGE_RATE", await leg.OutcomeAsync());
    }

    [Fact]
    public void Methods_with_one_message_have_no_pace()
    {
        using Bench bench = new(Options(MessageRateAction.Throttle));
        Assert.Null(bench.Router.Limits[Probe.Unary].RequestPace);
        Assert.Null(bench.Router.Limits[Probe.ServerStreaming].RequestPace);
        Assert.Null(bench.Router.Limits[Probe.ClientStreaming].ResponsePace);
    }

    [Fact]
    public async Task Requests_that_are_sent_again_are_not_counted_again()
    {
        RouterOptions options = Options(MessageRateAction.Refuse);
        options.Defaults.Retry.MaxAttempts = 2;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.ClientStreaming).SendRaw([.. Message, .. Message]).HalfClose();
        ulong id = (await instance.RequestAsync())[0].CallId;
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        Task<List<RouterFrame>> again = instance.RequestAsync();
        await PassUntilAsync(bench, again);
        id = (await again)[0].CallId;
        instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    private static RouterOptions Options(MessageRateAction action)
    {
        RouterOptions options = new();
        options.Defaults.MaxRequestMessagesPerSecond = 2;
        options.Defaults.MaxResponseMessagesPerSecond = 2;
        options.Defaults.MessageRateAction = action;
        return options;
    }

    private static async Task NextMessageAsync(ScriptedInstance instance) => Assert.Equal([7, 7, 7], (await instance.NextAsync()).Payload);

    // What waits may be on its way to the wheel still, so time passes in small steps.
    private static async Task<TimeSpan> PassUntilAsync(Bench bench, Task task)
    {
        long start = bench.Time.GetTimestamp();
        while (!task.IsCompleted)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.WhenAny(task, Task.Delay(1));
        }

        await task;
        return bench.Time.GetElapsedTime(start);
    }

    private static Task WaitsAsync(Bench bench) => Task.Run(() => Patience.Until(() => bench.Hub.Deadlines.Count == 1, "Something waits for the wheel."));
}
