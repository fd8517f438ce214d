using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class RetryTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(61);

    [Fact]
    public async Task A_retryable_status_is_tried_again_on_another_instance_after_the_backoff()
    {
        using Bench bench = new(Retrying());
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        (ScriptedInstance first, RouterFrame sent) = await pair.NextAsync();
        Assert.DoesNotContain(sent.Start!.Metadata, static entry => entry.Key == "grpc-previous-rpc-attempts");
        first.Send(InstanceFrame.Ended(sent.CallId, StatusCode.Unavailable));
        bench.Time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.Empty(await pair.BarrierAsync());
        bench.Time.Advance(Longest);
        (ScriptedInstance second, RouterFrame again) = await pair.NextAsync();
        Assert.NotSame(first, second);
        Assert.Equal([7], again.Payload);
        Assert.True(again.HalfClose);
        Assert.Equal("1", Assert.Single(again.Start!.Metadata, static entry => entry.Key == "grpc-previous-rpc-attempts").Value.ToStringUtf8());
        second.Send(InstanceFrame.Message(again.CallId, Probe.Unary, [9]), InstanceFrame.Ended(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(TestLeg.Framed([9]), await leg.BodyAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, false)]
    [InlineData(StatusCode.Internal, true)]
    public async Task What_is_not_marked_retryable_is_not_tried_again(StatusCode code, bool retrying)
    {
        using Bench bench = new(retrying ? Retrying() : null);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Ended(id, code));
        Assert.Equal($"{code} by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task After_the_last_attempt_the_caller_gets_its_status()
    {
        using Bench bench = new(Retrying(attempts: 3));
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            RouterFrame sent = await instance.NextAsync();
            instance.Send(InstanceFrame.Ended(sent.CallId, StatusCode.Unavailable, $"attempt {attempt}"));
            if (attempt < 2)
            {
                await WhenWaitingAsync(bench);
                bench.Time.Advance(TimeSpan.FromSeconds(2));
            }
        }

        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        Assert.Equal("attempt 2", leg.End!.Message);
        bench.AssertIdle();
    }

    [Fact]
    public async Task Headers_commit_the_call_to_its_attempt()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        instance.Send(new InstanceFrame(id) { Headers = new CallHeaders() });
        Patience.Until(() => leg.Headers is not null, "The headers come to the client.");
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_pushback_sets_the_exact_wait()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(Pushback(id, "700"));
        await WhenWaitingAsync(bench);
        bench.Time.Advance(TimeSpan.FromMilliseconds(695));
        Assert.Empty(await instance.BarrierAsync());
        bench.Time.Advance(TimeSpan.FromMilliseconds(15));
        instance.Send(Message((await instance.NextAsync()).CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("")]
    public async Task A_pushback_that_is_no_wait_forbids_a_retry(string value)
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(Pushback(id, value));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task The_deadline_spans_all_attempts()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { Timeout = "20m" });
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        await WhenWaitingAsync(bench, timers: 2);
        bench.Time.Advance(TimeSpan.FromMilliseconds(26));
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_client_that_leaves_between_attempts_ends_the_call()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        await WhenWaitingAsync(bench);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await instance.BarrierAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_request_stream_is_sent_anew_from_its_beginning_and_goes_on()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex).Send([1]).Send([2]);
        RouterFrame start = await instance.NextAsync();
        while ((await instance.NextAsync()).Payload is not [2])
        {
        }

        instance.Send(InstanceFrame.Ended(start.CallId, StatusCode.Unavailable));
        await WhenWaitingAsync(bench);
        bench.Time.Advance(Longest);
        RouterFrame first = await instance.NextAsync();
        RouterFrame second = await instance.NextAsync();
        leg.Send([3]).HalfClose();
        RouterFrame third = await instance.NextAsync();
        Assert.Equal([[1], [2], [3]], [first.Payload, second.Payload, third.Payload]);
        instance.Send(Message(first.CallId, Probe.Duplex));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_message_that_is_half_there_when_an_attempt_ends_is_sent_by_the_next()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex).SendRaw(TestLeg.Framed([1, 2, 3]).AsSpan(0, 6));
        RouterFrame start = await instance.NextAsync();
        instance.Send(InstanceFrame.Ended(start.CallId, StatusCode.Unavailable));
        await WhenWaitingAsync(bench);
        bench.Time.Advance(Longest);
        leg.SendRaw(TestLeg.Framed([1, 2, 3]).AsSpan(6)).HalfClose();
        RouterFrame again = await instance.NextAsync();
        RouterFrame message = again.Payload is null ? await instance.NextAsync() : again;
        Assert.Equal([1, 2, 3], message.Payload);
        instance.Send(Message(again.CallId, Probe.Duplex));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_request_over_what_may_be_kept_is_tried_once()
    {
        RouterOptions options = Retrying();
        options.RetryBufferPerCall = 1000;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).Send(new byte[1000]).HalfClose();
        instance.Send(InstanceFrame.Ended((await instance.NextAsync()).CallId, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task What_all_calls_keep_together_has_a_limit_and_is_given_back()
    {
        RouterOptions options = Retrying();
        options.RetryBufferTotal = 40_000;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg kept = bench.Call(Probe.Unary).Send(new byte[30_000]).HalfClose();
        List<RouterFrame> first = await instance.RequestAsync();
        TestLeg over = bench.Call(Probe.Unary).Send(new byte[30_000]).HalfClose();
        List<RouterFrame> second = await instance.RequestAsync();
        instance.Send(InstanceFrame.Ended(second[0].CallId, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await over.OutcomeAsync());
        instance.Send(InstanceFrame.Ended(first[0].CallId, StatusCode.Unavailable));
        await WhenWaitingAsync(bench);
        bench.Time.Advance(Longest);
        instance.Send(Message((await instance.RequestAsync())[0].CallId));
        Assert.Equal("OK by the instance", await kept.OutcomeAsync());
        Assert.Equal(0, bench.Hub.ReplayBytes.Used);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_large_request_is_sent_anew_in_pieces()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync(window: 1024 * 1024);
        byte[] message = new byte[150_000];
        new Random(5).NextBytes(message);
        TestLeg leg = bench.Call(Probe.Unary).Send(message).HalfClose();
        List<RouterFrame> sent = await instance.RequestAsync();
        instance.Send(InstanceFrame.Ended(sent[0].CallId, StatusCode.Unavailable));
        await WhenWaitingAsync(bench);
        bench.Time.Advance(Longest);
        List<RouterFrame> again = await instance.RequestAsync();
        Assert.Equal(message, again.SelectMany(static frame => frame.Fragment ?? frame.Payload ?? []));
        instance.Send(Message(again[0].CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(0, bench.Hub.ReplayBytes.Used);
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(MethodIdempotency.Idempotent, true)]
    [InlineData(MethodIdempotency.NoSideEffects, true)]
    [InlineData(MethodIdempotency.Unknown, false)]
    public async Task A_lost_instance_is_made_up_for_when_the_method_may_run_twice(MethodIdempotency idempotency, bool retried)
    {
        RouterOptions options = new();
        options.Service(Probe.Service.FullName).Method(Probe.Unary.Name).Idempotency = idempotency;
        using Bench bench = new(options);
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        (ScriptedInstance first, _) = await pair.NextAsync();
        first.Lose();
        if (retried)
        {
            await WhenWaitingAsync(bench);
            bench.Time.Advance(Longest);
            (ScriptedInstance second, RouterFrame again) = await pair.NextAsync(not: first);
            second.Send(Message(again.CallId));
        }

        Assert.Equal(retried ? "OK by the instance" : "Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_never_left_the_router_goes_to_another_instance_at_once_whatever_the_method()
    {
        using Bench bench = new();
        await using Pair pair = await Pair.OfAsync(bench);
        await pair.One.StallWritingAsync();
        TestLeg stuck = bench.Call(Probe.Unary).Send([1]).HalfClose();
        TestLeg other = bench.Call(Probe.Unary).Send([2]).HalfClose();
        RouterFrame served = await pair.Two.NextAsync();
        pair.One.Lose();
        RouterFrame moved = await pair.Two.NextAsync();
        Assert.Equal([1, 2], new int[] { served.Payload![0], moved.Payload![0] }.Order());
        pair.Two.Send(Message(served.CallId), Message(moved.CallId));
        Assert.Equal("OK by the instance", await stuck.OutcomeAsync());
        Assert.Equal("OK by the instance", await other.OutcomeAsync());
        pair.One.Resume();
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_an_instance_turned_away_is_tried_again_whatever_the_method()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        for (int attempt = 0; attempt < 8; attempt++)
        {
            RouterFrame sent = await instance.NextAsync();
            instance.Send(new InstanceFrame(sent.CallId) { End = new CallEnd { Code = (uint)StatusCode.Unavailable, NotDispatched = true } });
            if (attempt > 0)
            {
                await WhenWaitingAsync(bench);
                bench.Time.Advance(TimeSpan.FromSeconds(2));
            }
        }

        instance.Send(Message((await instance.NextAsync()).CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_withdrawn_and_tried_again()
    {
        RouterOptions options = Retrying();
        options.Defaults.Retry.AttemptTimeout = TimeSpan.FromMilliseconds(100);
        using Bench bench = new(options);
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        (ScriptedInstance first, RouterFrame sent) = await pair.NextAsync();
        bench.Time.Advance(TimeSpan.FromMilliseconds(106));
        RouterFrame cancel = await first.NextAsync();
        Assert.Equal((sent.CallId, CancelReason.Attempt), (cancel.CallId, cancel.Cancel));
        await WhenWaitingAsync(bench);
        bench.Time.Advance(Longest);
        (ScriptedInstance second, RouterFrame again) = await pair.NextAsync(not: first);

        // The late answer of the first is not the call's any more.
        first.Send(Message(sent.CallId));
        second.Send(InstanceFrame.Message(again.CallId, Probe.Unary, [2]), InstanceFrame.Ended(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(TestLeg.Framed([2]), await leg.BodyAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task The_last_attempt_that_takes_too_long_ends_the_call()
    {
        RouterOptions options = Retrying(attempts: 2);
        options.Defaults.Retry.AttemptTimeout = TimeSpan.FromMilliseconds(100);
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        RouterFrame first = await instance.NextAsync();
        bench.Time.Advance(TimeSpan.FromMilliseconds(106));
        await instance.NextAsync();
        await WhenWaitingAsync(bench);
        bench.Time.Advance(Longest);
        RouterFrame second = await instance.NextAsync();
        bench.Time.Advance(TimeSpan.FromMilliseconds(106));
        Assert.Equal("DeadlineExceeded ATTEMPT_TIMEOUT", await leg.OutcomeAsync());
        instance.Send(InstanceFrame.Ended(first.CallId, StatusCode.Cancelled), InstanceFrame.Ended(second.CallId, StatusCode.Cancelled));
        bench.AssertIdle();
    }

    [Fact]
    public async Task Tries_of_client_and_router_are_counted_together()
    {
        using Bench bench = new(Retrying());
        ScriptedInstance instance = await bench.InstanceAsync();
        CallStart opening = new()
        {
            Peer = "ipv4:192.0.2.9:9",
            Metadata =
            {
                new MetadataEntry { Key = "a", Value = ByteString.CopyFromUtf8("1") },
                new MetadataEntry { Key = "grpc-previous-rpc-attempts", Value = ByteString.CopyFromUtf8("2") },
            },
        };
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { Opening = opening });
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        await WhenWaitingAsync(bench);
        bench.Time.Advance(Longest);
        RouterFrame again = await instance.NextAsync();
        Assert.Equal(["a=1", "grpc-previous-rpc-attempts=3"], again.Start!.Metadata.Select(static entry => $"{entry.Key}={entry.Value.ToStringUtf8()}"));
        Assert.Equal("ipv4:192.0.2.9:9", again.Start.Peer);
        instance.Send(Message(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
    }

    [Fact]
    public void Backoffs_grow_to_their_bound_and_vary_by_a_fifth()
    {
        RetryPlan plan = new(5, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(300), 2, 0, null);
        double[] longest = [.. Enumerable.Range(0, 5).Select(retry => plan.Backoff(retry, 1).TotalMilliseconds)];
        double[] shortest = [.. Enumerable.Range(0, 5).Select(retry => plan.Backoff(retry, 0).TotalMilliseconds)];
        Assert.Equal([60, 120, 240, 360, 360], longest);
        Assert.Equal([40, 80, 160, 240, 240], shortest);
    }

    internal static RouterOptions Retrying(int attempts = 3)
    {
        RouterOptions options = new() { Random = new Random(3) };
        options.Defaults.Retry.MaxAttempts = attempts;
        return options;
    }

    /// <summary>The call has nothing to do until time passes.</summary>
    internal static Task WhenWaitingAsync(Bench bench, int timers = 1) =>
        Task.Run(() => Patience.Until(() => bench.Hub.Deadlines.Count >= timers && bench.Router.Instances.All(static channel => channel.ActiveCalls == channel.Calls.Withdrawn), "The call waits for its next attempt."));

    internal static InstanceFrame Message(ulong id, RoutedMethod? method = null) =>
        InstanceFrame.Message(id, method ?? Probe.Unary, [1]) with { End = new CallEnd() };

    internal static InstanceFrame Pushback(ulong id, string value) => new(id)
    {
        End = new CallEnd
        {
            Code = (uint)StatusCode.Unavailable,
            Trailers = { new MetadataEntry { Key = "grpc-retry-pushback-ms", Value = ByteString.CopyFromUtf8(value) } },
        },
    };
}
