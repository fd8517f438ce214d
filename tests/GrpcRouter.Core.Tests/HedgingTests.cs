using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class HedgingTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(106);

    [Fact]
    public async Task A_second_attempt_goes_to_another_instance_after_the_delay()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        (ScriptedInstance first, RouterFrame sent) = await pair.NextAsync();
        Assert.DoesNotContain(sent.Start!.Metadata, static entry => entry.Key == "grpc-previous-rpc-attempts");
        await WhenClockIsSetAsync(bench);
        bench.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Empty(await pair.BarrierAsync());
        bench.Time.Advance(TimeSpan.FromMilliseconds(7));
        (ScriptedInstance second, RouterFrame again) = await pair.NextAsync();
        Assert.NotSame(first, second);
        Assert.Equal([7], again.Payload);
        Assert.True(again.HalfClose);
        Assert.Equal("1", Assert.Single(again.Start!.Metadata, static entry => entry.Key == "grpc-previous-rpc-attempts").Value.ToStringUtf8());
        Assert.Equal(1, bench.Router.ActiveCalls);
        second.Send(RetryTests.Message(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        first.Send(InstanceFrame.Ended(sent.CallId, StatusCode.Cancelled));
        bench.AssertIdle();
    }

    [Fact]
    public async Task The_first_answer_wins_and_the_loser_is_withdrawn_counted_and_not_heard()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        (TestLeg leg, (ScriptedInstance Instance, ulong Id) first, (ScriptedInstance Instance, ulong Id) second) = await HedgedAsync(bench, pair);
        second.Instance.Send(InstanceFrame.Message(second.Id, Probe.Unary, [2]));
        RouterFrame cancel = await first.Instance.NextAsync();
        Assert.Equal((first.Id, CancelReason.Attempt), (cancel.CallId, cancel.Cancel));
        Assert.Equal(1, bench.Router.HedgeLosers.Sum);
        first.Instance.Send(InstanceFrame.Message(first.Id, Probe.Unary, [1]) with { End = new CallEnd() });
        second.Instance.Send(InstanceFrame.Ended(second.Id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(TestLeg.Framed([2]), await leg.BodyAsync());
        Assert.Equal(1, bench.Router.HedgeLosers.Sum);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_is_answered_within_the_delay_is_sent_once()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        (ScriptedInstance first, RouterFrame sent) = await pair.NextAsync();
        first.Send(RetryTests.Message(sent.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await pair.BarrierAsync());
        Assert.Equal(0, bench.Router.HedgeLosers.Sum);
        bench.AssertIdle();
    }

    [Fact]
    public async Task Without_delay_all_attempts_begin_at_once_on_different_instances()
    {
        RouterOptions options = Hedging(attempts: 3);
        options.Defaults.Hedging.Delay = TimeSpan.Zero;
        using Bench bench = new(options);
        ScriptedInstance[] instances = [await bench.InstanceAsync("a"), await bench.InstanceAsync("b"), await bench.InstanceAsync("c")];
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        RouterFrame[] sent = [await instances[0].NextAsync(), await instances[1].NextAsync(), await instances[2].NextAsync()];
        instances[1].Send(RetryTests.Message(sent[1].CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(2, bench.Router.HedgeLosers.Sum);
        foreach (int loser in (int[])[0, 2])
        {
            Assert.Equal(CancelReason.Attempt, (await instances[loser].NextAsync()).Cancel);
            instances[loser].Send(InstanceFrame.Ended(sent[loser].CallId, StatusCode.Cancelled));
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task A_status_that_is_not_fatal_starts_the_next_attempt_at_once()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        (ScriptedInstance first, RouterFrame sent) = await pair.NextAsync();
        first.Send(InstanceFrame.Ended(sent.CallId, StatusCode.Unavailable));
        (ScriptedInstance second, RouterFrame again) = await pair.NextAsync();
        Assert.NotSame(first, second);
        second.Send(RetryTests.Message(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(0, bench.Router.HedgeLosers.Sum);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_lost_instance_starts_the_next_attempt_at_once()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([7]).HalfClose();
        (ScriptedInstance first, _) = await pair.NextAsync();
        first.Lose();
        (ScriptedInstance second, RouterFrame again) = await pair.NextAsync(not: first);
        second.Send(RetryTests.Message(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_fatal_status_ends_the_call_and_withdraws_the_others()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        (TestLeg leg, (ScriptedInstance Instance, ulong Id) first, (ScriptedInstance Instance, ulong Id) second) = await HedgedAsync(bench, pair);
        first.Instance.Send(InstanceFrame.Ended(first.Id, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
        Assert.Equal(CancelReason.Attempt, (await second.Instance.NextAsync()).Cancel);
        second.Instance.Send(InstanceFrame.Ended(second.Id, StatusCode.Cancelled));
        Assert.Equal(1, bench.Router.HedgeLosers.Sum);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_status_that_is_not_fatal_waits_for_the_attempts_under_way()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        (TestLeg leg, (ScriptedInstance Instance, ulong Id) first, (ScriptedInstance Instance, ulong Id) second) = await HedgedAsync(bench, pair);
        second.Instance.Send(InstanceFrame.Ended(second.Id, StatusCode.Unavailable));
        Patience.Until(() => second.Instance.Channel.ActiveCalls == 0, "The second attempt is over.");
        Assert.Empty(await pair.BarrierAsync());
        Assert.Empty(leg.Outcomes);
        first.Instance.Send(RetryTests.Message(first.Id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task When_all_attempts_fail_the_client_gets_the_last_status_and_its_trailers()
    {
        using Bench bench = new(Hedging(attempts: 3));
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            RouterFrame sent = await instance.NextAsync();
            instance.Send(new InstanceFrame(sent.CallId)
            {
                End = new CallEnd { Code = (uint)StatusCode.Unavailable, Message = $"attempt {attempt}", Trailers = { new MetadataEntry { Key = "t", Value = ByteString.CopyFromUtf8($"{attempt}") } } },
            });
        }

        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        Assert.Equal("attempt 2", leg.End!.Message);
        Assert.Equal("2", Assert.Single(leg.End.Trailers).Value.ToStringUtf8());
        Assert.Null(leg.Headers);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_pushback_delays_the_next_attempt_exactly()
    {
        using Bench bench = new(Hedging());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        await WhenClockIsSetAsync(bench);
        instance.Send(RetryTests.Pushback(id, "700"));
        await RetryTests.WhenWaitingAsync(bench);
        Assert.Empty(await instance.BarrierAsync());
        bench.Time.Advance(TimeSpan.FromMilliseconds(695));
        Assert.Empty(await instance.BarrierAsync());
        bench.Time.Advance(TimeSpan.FromMilliseconds(15));
        instance.Send(RetryTests.Message((await instance.NextAsync()).CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    public async Task A_pushback_that_is_no_wait_forbids_further_attempts(string value)
    {
        using Bench bench = new(Hedging());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(RetryTests.Pushback(id, value));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_client_that_leaves_ends_all_attempts()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        (TestLeg leg, (ScriptedInstance Instance, ulong Id) first, (ScriptedInstance Instance, ulong Id) second) = await HedgedAsync(bench, pair);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
        foreach ((ScriptedInstance instance, ulong id) in new[] { first, second })
        {
            Assert.Equal(CancelReason.Client, (await instance.NextAsync()).Cancel);
            instance.Send(InstanceFrame.Ended(id, StatusCode.Cancelled));
        }

        Assert.Equal(0, bench.Router.HedgeLosers.Sum);
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_client_that_leaves_before_its_request_is_there_reaches_no_instance()
    {
        using Bench bench = new(Hedging());
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).SendRaw([0, 0, 0]);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
        Assert.Empty(await instance.BarrierAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task The_deadline_spans_all_attempts_and_each_is_told_what_is_left()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary, new TestLeg { Timeout = "200m" }).Send([7]).HalfClose();
        (ScriptedInstance first, RouterFrame sent) = await pair.NextAsync();
        Assert.Equal(200_000ul, sent.Start!.TimeoutUs);
        await WhenClockIsSetAsync(bench, entries: 2);
        bench.Time.Advance(Delay);
        (ScriptedInstance second, RouterFrame again) = await pair.NextAsync();
        Assert.InRange(again.Start!.TimeoutUs, 94_000ul, 100_000ul);
        bench.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        foreach ((ScriptedInstance instance, ulong id) in new[] { (first, sent.CallId), (second, again.CallId) })
        {
            Assert.Equal(CancelReason.Deadline, (await instance.NextAsync()).Cancel);
            instance.Send(InstanceFrame.Ended(id, StatusCode.Cancelled));
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task The_deadline_runs_while_the_request_is_read()
    {
        using Bench bench = new(Hedging());
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary, new TestLeg { Timeout = "20m" }).Send([1]);
        bench.Time.Advance(TimeSpan.FromMilliseconds(26));
        Assert.Equal("DeadlineExceeded DEADLINE_EXCEEDED", await leg.OutcomeAsync());
        Assert.Empty(await instance.BarrierAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(1_500, 1_000, 1_000_000)]
    [InlineData(150_000, 256 * 1024, 100_000)]
    public async Task A_request_over_what_may_be_kept_is_sent_once(int size, int perCall, int total)
    {
        RouterOptions options = Hedging();
        options.RetryBufferPerCall = perCall;
        options.RetryBufferTotal = total;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync(window: 1024 * 1024);
        byte[] message = Content(size);
        byte[] framed = TestLeg.Framed(message);
        TestLeg leg = bench.Call(Probe.Unary).SendRaw(framed.AsSpan(0, 3));
        leg.SendRaw(framed.AsSpan(3)).HalfClose();
        List<RouterFrame> sent = await instance.RequestAsync();
        Assert.Equal(message, sent.SelectMany(static frame => frame.Fragment ?? frame.Payload ?? []));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await instance.BarrierAsync());
        instance.Send(InstanceFrame.Ended(sent[0].CallId, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_large_request_is_sent_whole_to_each_instance_and_given_back_when_one_streams()
    {
        using Bench bench = new(Hedging());
        ScriptedInstance[] instances = [await bench.InstanceAsync("one", window: 1024 * 1024), await bench.InstanceAsync("two", window: 1024 * 1024)];
        byte[] message = Content(150_000);
        TestLeg leg = bench.Call(Probe.ServerStreaming).SendRaw(TestLeg.Framed(message).AsSpan(0, 70_000));
        leg.SendRaw(TestLeg.Framed(message).AsSpan(70_000)).HalfClose();
        await WhenClockIsSetAsync(bench);
        bench.Time.Advance(Delay);
        List<ulong> ids = [];
        foreach (ScriptedInstance instance in instances)
        {
            List<RouterFrame> sent = await instance.RequestAsync();
            Assert.Equal(message, sent.SelectMany(static frame => frame.Fragment ?? frame.Payload ?? []));
            ids.Add(sent[0].CallId);
        }

        Assert.True(bench.Hub.ReplayBytes.Used >= 150_000);
        instances[1].Send(InstanceFrame.Message(ids[1], Probe.ServerStreaming, [4]));
        Assert.Equal(TestLeg.Framed([4]), await leg.ReadAsync(6));
        Patience.Until(() => bench.Hub.ReplayBytes.Used == 0, "The request is let go.");
        instances[0].Send(InstanceFrame.Ended(ids[0], StatusCode.Cancelled));
        instances[1].Send(InstanceFrame.Ended(ids[1]));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(new byte[0], "Unimplemented CARDINALITY_VIOLATION")]
    [InlineData(new byte[] { 0, 0, 0 }, "Internal BAD_REQUEST_FRAMING")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 1 }, "Internal BAD_REQUEST_FRAMING")]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1 }, "Unimplemented CARDINALITY_VIOLATION")]
    public async Task A_request_that_is_not_one_message_is_refused_as_without_hedging(byte[] request, string outcome)
    {
        foreach (RouterOptions options in new[] { new RouterOptions(), Hedging() })
        {
            using Bench bench = new(options);
            ScriptedInstance instance = await bench.InstanceAsync();
            TestLeg leg = bench.Call(Probe.Unary).SendRaw(request).HalfClose();
            Assert.Equal(outcome, await leg.OutcomeAsync());
            Assert.Empty(await instance.BarrierAsync());
            bench.AssertIdle();
        }
    }

    [Fact]
    public async Task A_request_over_the_limit_is_refused_by_its_declared_length()
    {
        RouterOptions options = Hedging();
        options.MaxMessageSize = 1_000;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).SendRaw([0, 0, 0, 4, 0]);
        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await leg.OutcomeAsync());
        Assert.Empty(await instance.BarrierAsync());
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(MethodIdempotency.Unknown)]
    [InlineData(MethodIdempotency.Idempotent)]
    [InlineData(MethodIdempotency.NoSideEffects)]
    public async Task Nothing_is_hedged_that_was_not_asked_to_be(MethodIdempotency? idempotency)
    {
        RouterOptions options = new();
        options.Service(Probe.Service.FullName).Method(Probe.Unary.Name).Idempotency = idempotency;
        using Bench bench = new(options);
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        (ScriptedInstance instance, RouterFrame sent) = await pair.NextAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await pair.BarrierAsync());
        instance.Send(RetryTests.Message(sent.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task Methods_that_stream_requests_are_not_hedged()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        TestLeg leg = bench.Call(Probe.ClientStreaming).HalfClose();
        (ScriptedInstance instance, RouterFrame sent) = await pair.NextAsync();
        Assert.True((await instance.NextAsync()).HalfClose);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await pair.BarrierAsync());
        instance.Send(RetryTests.Message(sent.CallId, Probe.ClientStreaming));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task Headers_messages_and_trailers_of_the_winner_reach_the_client()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        (TestLeg leg, (ScriptedInstance Instance, ulong Id) first, (ScriptedInstance Instance, ulong Id) second) = await HedgedAsync(bench, pair);
        second.Instance.Send(new InstanceFrame(second.Id) { Headers = new CallHeaders { Metadata = { new MetadataEntry { Key = "h", Value = ByteString.CopyFromUtf8("1") } } } });
        Assert.Equal(CancelReason.Attempt, (await first.Instance.NextAsync()).Cancel);
        second.Instance.Send(InstanceFrame.Message(second.Id, Probe.Unary, [5]) with
        {
            End = new CallEnd { Message = "fine", Trailers = { new MetadataEntry { Key = "t", Value = ByteString.CopyFromUtf8("2") } } },
        });
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal("h=1", string.Join(',', leg.Headers!.Metadata.Select(static entry => $"{entry.Key}={entry.Value.ToStringUtf8()}")));
        Assert.Equal("t=2", string.Join(',', leg.End!.Trailers.Select(static entry => $"{entry.Key}={entry.Value.ToStringUtf8()}")));
        Assert.Equal(TestLeg.Framed([5]), await leg.BodyAsync());
        first.Instance.Send(InstanceFrame.Ended(first.Id, StatusCode.Cancelled));
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_stream_that_has_won_goes_on_as_its_client_reads_and_is_not_bettered()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        (TestLeg leg, (ScriptedInstance Instance, ulong Id) first, (ScriptedInstance Instance, ulong Id) second) =
            await HedgedAsync(bench, pair, Probe.ServerStreaming, new TestLeg(responseLimit: 1_000));
        byte[] message = Content(30_000);
        first.Instance.Send(InstanceFrame.Message(first.Id, Probe.ServerStreaming, message));
        Assert.Equal(CancelReason.Attempt, (await second.Instance.NextAsync()).Cancel);
        second.Instance.Send(InstanceFrame.Ended(second.Id, StatusCode.Cancelled));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(TestLeg.Framed(message), await leg.ReadAsync(message.Length + 5));
            if (i % 2 == 1)
            {
                Assert.True((await first.Instance.NextAsync()).Credit > 0);
            }

            first.Instance.Send(InstanceFrame.Message(first.Id, Probe.ServerStreaming, message));
        }

        await leg.ReadAsync(message.Length + 5);
        first.Instance.Send(InstanceFrame.Ended(first.Id, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        Assert.Equal(1, bench.Router.HedgeLosers.Sum);
        Patience.Until(() => bench.Router.Instances.All(static channel => channel.ActiveCalls == 0), "Both have ended.");
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_client_that_leaves_a_winning_stream_ends_it()
    {
        using Bench bench = new(Hedging());
        await using Pair pair = await Pair.OfAsync(bench);
        (TestLeg leg, (ScriptedInstance Instance, ulong Id) first, (ScriptedInstance Instance, ulong Id) second) = await HedgedAsync(bench, pair, Probe.ServerStreaming);
        first.Instance.Send(InstanceFrame.Message(first.Id, Probe.ServerStreaming, [1]));
        await leg.ReadAsync(6);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
        Assert.Equal(CancelReason.Client, (await first.Instance.NextAsync()).Cancel);
        Assert.Equal(CancelReason.Attempt, (await second.Instance.NextAsync()).Cancel);
        first.Instance.Send(InstanceFrame.Ended(first.Id, StatusCode.Cancelled));
        second.Instance.Send(InstanceFrame.Ended(second.Id, StatusCode.Cancelled));
        bench.AssertIdle();
    }

    [Fact]
    public async Task Without_instances_a_hedged_call_is_unavailable_at_once()
    {
        using Bench bench = new(Hedging());
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Assert.Equal("Unavailable NO_INSTANCE", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_hedged_call_that_waits_for_an_instance_has_its_first_delay_from_when_it_got_one()
    {
        RouterOptions options = Hedging();
        options.Defaults.WaitForReady = true;
        using Bench bench = new(options);
        TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
        Patience.Until(() => bench.Router.Waiting.Count == 1, "The call waits.");
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, bench.Router.Waiting.Count);
        ScriptedInstance instance = await bench.InstanceAsync();
        RouterFrame sent = await instance.NextAsync();
        await WhenClockIsSetAsync(bench);
        bench.Time.Advance(Delay);
        RouterFrame again = await instance.NextAsync();
        instance.Send(RetryTests.Message(again.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        instance.Send(InstanceFrame.Ended(sent.CallId, StatusCode.Cancelled));
        bench.AssertIdle();
    }

    [Fact]
    public async Task An_attempt_that_no_instance_may_take_does_not_end_those_under_way()
    {
        RouterOptions options = Hedging();
        options.Defaults.CircuitBreaker.MaxCallsPerInstance = 1;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        await WhenClockIsSetAsync(bench);
        bench.Time.Advance(Delay);
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(await instance.BarrierAsync());
        Assert.Empty(leg.Outcomes);
        instance.Send(RetryTests.Message(id));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task Without_a_budget_there_is_one_attempt()
    {
        RouterOptions options = Hedging();
        options.Defaults.RetryBudget.Ratio = 0;
        options.Defaults.RetryBudget.MinPerSecond = 0;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        await WhenClockIsSetAsync(bench);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await instance.BarrierAsync());
        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
        Assert.Equal("Unavailable by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task Hedges_give_their_place_among_the_retries_under_way_back()
    {
        RouterOptions options = Hedging();
        options.Defaults.Hedging.Delay = TimeSpan.Zero;
        options.Defaults.CircuitBreaker.MaxRetries = 1;
        using Bench bench = new(options);
        ScriptedInstance instance = await bench.InstanceAsync();
        for (int call = 0; call < 5; call++)
        {
            TestLeg leg = bench.Call(Probe.Unary).Send([1]).HalfClose();
            RouterFrame[] sent = [await instance.NextAsync(), await instance.NextAsync()];
            instance.Send(RetryTests.Message(sent[call % 2].CallId));
            Assert.Equal("OK by the instance", await leg.OutcomeAsync());
            instance.Send(InstanceFrame.Ended(sent[(call + 1) % 2].CallId, StatusCode.Cancelled));
            Assert.Equal(0, bench.Router.Plan.Budget!.Running);
            await instance.BarrierAsync();
        }

        bench.AssertIdle();
    }

    internal static RouterOptions Hedging(int attempts = 2)
    {
        RouterOptions options = new() { Random = new Random(3) };
        options.Defaults.Hedging.MaxAttempts = attempts;
        return options;
    }

    private static Task WhenClockIsSetAsync(Bench bench, int entries = 1) =>
        Task.Run(() => Patience.Until(() => bench.Hub.Deadlines.Count >= entries, "The clock is set for the next attempt."));

    /// <summary>A call with two attempts under way.</summary>
    private static async Task<(TestLeg Leg, (ScriptedInstance Instance, ulong Id) First, (ScriptedInstance Instance, ulong Id) Second)> HedgedAsync(
        Bench bench, Pair pair, RoutedMethod? method = null, TestLeg? leg = null)
    {
        leg = bench.Call(method ?? Probe.Unary, leg).Send([7]).HalfClose();
        (ScriptedInstance first, RouterFrame sent) = await pair.NextAsync();
        await WhenClockIsSetAsync(bench);
        bench.Time.Advance(Delay);
        (ScriptedInstance second, RouterFrame again) = await pair.NextAsync();
        return (leg, (first, sent.CallId), (second, again.CallId));
    }

    private static byte[] Content(int size)
    {
        byte[] message = new byte[size];
        new Random(5).NextBytes(message);
        return message;
    }
}
