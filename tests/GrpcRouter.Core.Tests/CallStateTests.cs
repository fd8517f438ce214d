using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class CallStateTests
{
    private static readonly byte[] Message = [1, 2, 3];
    private static readonly byte[] Half = [4, 5, 6];
    private static readonly byte[] Rest = [7, 8, 9];

    public static TheoryData<MethodType, string> Calls()
    {
        TheoryData<MethodType, string> rows = [];
        foreach (RoutedMethod method in Probe.Service.Methods)
        {
            foreach (string state in CallStateTable.States)
            {
                rows.Add(method.Type, state);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Each_frame_in_each_state_of_a_call_has_the_effect_that_the_table_says(MethodType type, string state)
    {
        foreach (string frame in CallStateTable.Frames)
        {
            try
            {
                await CheckAsync(Probe.Method(type), state, frame);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{frame} in state {state}: {error.Message}", error);
            }
        }
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    [InlineData((1ul << 20) | 2)]
    [InlineData((2ul << 20) | 1)]
    [InlineData(1ul << 20)]
    [InlineData(ulong.MaxValue)]
    public async Task An_id_that_was_never_issued_ends_the_channel(ulong id)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong issued) = await bench.StartAsync(instance, Probe.ServerStreaming);
        Assert.NotEqual(issued, id);
        instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, Message));
        await AssertViolationAsync(instance);
        Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        Assert.Empty(await leg.BodyAsync());
    }

    [Fact]
    public async Task Ids_of_another_channel_touch_no_call_of_it()
    {
        using Bench bench = new();
        ScriptedInstance victim = await bench.InstanceAsync("victim");
        List<(TestLeg Leg, ulong Id)> calls = [];
        for (int i = 0; i < 32; i++)
        {
            calls.Add(await bench.StartAsync(victim, Probe.ServerStreaming));
        }

        foreach ((_, ulong id) in calls)
        {
            ScriptedInstance attacker = await bench.InstanceAsync("attacker");
            attacker.Send(InstanceFrame.Message(id, Probe.ServerStreaming, [6, 6, 6]) with { End = new CallEnd() });
            await AssertViolationAsync(attacker);
        }

        foreach ((TestLeg leg, ulong id) in calls)
        {
            Assert.False(leg.Done.IsCompleted);
            victim.Send(InstanceFrame.Message(id, Probe.ServerStreaming, Message) with { End = new CallEnd() });
            Assert.Equal("OK by the instance", await leg.OutcomeAsync());
            Assert.Equal(TestLeg.Framed(Message), await leg.BodyAsync());
        }

        bench.AssertIdle();
    }

    private static async Task CheckAsync(RoutedMethod method, string state, string frame)
    {
        using Bench bench = new();
        ScriptedInstance other = await bench.InstanceAsync("other");
        (TestLeg otherLeg, ulong otherId) = await bench.StartAsync(other, Probe.ServerStreaming);
        other.Send(InstanceFrame.Drain());
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg neighbour, ulong neighbourId) = await bench.StartAsync(instance, Probe.ServerStreaming);
        (TestLeg? leg, ulong id) = await ReachAsync(bench, instance, method, state);

        string[] parts = frame.Split('+');
        byte[] expected = state switch
        {
            "inside" => [.. TestLeg.Framed([.. Half, .. Rest])[..^Rest.Length]],
            "after" => TestLeg.Framed(Message),
            _ => [],
        };
        string now = state;
        string outcome = "";
        foreach (string part in parts)
        {
            string before = now;
            now = Next(method, now, part, expected.Length > 0, out string ended);
            outcome = outcome.Length == 0 ? ended : outcome;
            expected = outcome.Length > 0 && ended.Length == 0 ? expected : [.. expected, .. Bytes(part, before, now)];
        }

        instance.Send(parts.Aggregate(new InstanceFrame(id), (built, part) => With(built, part, method)));
        if (now == "violation")
        {
            await AssertViolationAsync(instance);
            Assert.Equal("Unavailable INSTANCE_LOST", await neighbour.OutcomeAsync());
            if (leg is not null && state is not ("withdrawn" or "over"))
            {
                // An end in the frame was taken before the rest broke the rules.
                Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
            }
        }
        else
        {
            await AssertAliveAsync(instance, leg, id, state, now, outcome, expected);
            instance.Send(InstanceFrame.Ended(neighbourId));
            Assert.Equal("OK by the instance", await neighbour.OutcomeAsync());
            Assert.Equal(0, instance.Channel.ActiveCalls);
        }

        Assert.False(otherLeg.Done.IsCompleted);
        other.Send(InstanceFrame.Message(otherId, Probe.ServerStreaming, Message) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await otherLeg.OutcomeAsync());
        Assert.Equal(TestLeg.Framed(Message), await otherLeg.BodyAsync());
        bench.AssertIdle();
    }

    private static async Task AssertAliveAsync(ScriptedInstance instance, TestLeg? leg, ulong id, string state, string now, string outcome, byte[] expected)
    {
        if (leg is null)
        {
            return;
        }

        if (state is "withdrawn" or "over")
        {
            Assert.Empty(await instance.BarrierAsync());
            Assert.Equal(now == "over" ? 1 : 2, instance.Channel.ActiveCalls);
            if (now != "over")
            {
                instance.Send(InstanceFrame.Ended(id));
            }

            return;
        }

        if (outcome.Length == 0)
        {
            Assert.Empty(await instance.BarrierAsync());
            Assert.False(leg.Done.IsCompleted);
            instance.Send(InstanceFrame.Ended(id, StatusCode.DataLoss));
            outcome = "DataLoss by the instance";
        }

        Assert.Equal(outcome, await leg.OutcomeAsync());
        List<RouterFrame> answers = await instance.BarrierAsync();
        if (now == "cancelled")
        {
            Assert.Equal(CancelReason.Violation, Assert.Single(answers).Cancel);
            Assert.Equal(2, instance.Channel.ActiveCalls);
            instance.Send(InstanceFrame.Ended(id));
        }
        else
        {
            Assert.Empty(answers);
        }

        byte[] body = await leg.BodyAsync();
        if (outcome.StartsWith("Unimplemented", StringComparison.Ordinal))
        {
            // The failure may overtake the message before it.
            Assert.True(body.Length == 0 || body.SequenceEqual(expected));
            return;
        }

        Assert.Equal(expected, body);
    }

    private static async Task<(TestLeg? Leg, ulong Id)> ReachAsync(Bench bench, ScriptedInstance instance, RoutedMethod method, string state)
    {
        if (state == "unknown")
        {
            return (null, (1ul << 20) | 9);
        }

        (TestLeg leg, ulong id) = await bench.StartAsync(instance, method);
        switch (state)
        {
            case "headers":
                instance.Send(With(new InstanceFrame(id), "headers", method));
                break;
            case "inside":
                instance.Send(With(new InstanceFrame(id), "begin", method));
                break;
            case "after":
                instance.Send(With(new InstanceFrame(id), "payload", method));
                break;
            case "withdrawn":
                leg.Leave();
                Assert.Equal(CancelReason.Client, (await instance.NextAsync()).Cancel);
                Assert.Equal("aborted", await leg.OutcomeAsync());
                break;
            case "over":
                instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
                Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
                break;
        }

        return (leg, id);
    }

    private static string Next(RoutedMethod method, string state, string part, bool message, out string outcome)
    {
        outcome = "";
        if (state is "violation" or "cancelled")
        {
            // What follows in the frame of a call that the router gave up is not looked at, but for the end and for what no frame may have.
            return state == "cancelled" && part is "half-close" or "cancel" ? "violation"
                : state == "cancelled" && part.StartsWith("end", StringComparison.Ordinal) ? "over" : state;
        }

        string cell = CallStateTable.Cell(part, state);
        switch (cell)
        {
            case "dropped":
                return state;
            case "second" when method.ServerStreams:
                return part is "begin" or "length" ? "inside" : "after";
            case "second":
                outcome = "Unimplemented CARDINALITY_VIOLATION";
                return "cancelled";
            case "ok" when message || method.ServerStreams:
                outcome = "OK by the instance";
                return "over";
            case "ok":
                outcome = "Unimplemented CARDINALITY_VIOLATION";
                return "over";
            case "cut" or "unread":
                outcome = "Internal BAD_RESPONSE";
                return "over";
            case "error":
                outcome = "NotFound by the instance";
                return "over";
            default:
                return cell;
        }
    }

    private static byte[] Bytes(string part, string before, string now) => (part, now) switch
    {
        (_, "violation" or "cancelled" or "withdrawn") => [],
        ("payload" or "whole", _) => TestLeg.Framed(Message),
        ("empty", _) => TestLeg.Framed([]),
        ("begin", _) => TestLeg.Framed([.. Half, .. Rest])[..^Rest.Length],
        ("length", _) => TestLeg.Framed([.. Half, .. Rest])[..^6],
        ("piece", _) when before == "inside" => Rest,
        _ => [],
    };

    private static InstanceFrame With(InstanceFrame frame, string part, RoutedMethod method) => part switch
    {
        "headers" => frame with { Headers = new CallHeaders { AcceptEncoding = "gzip" } },
        "payload" => frame with { PayloadField = method.Number, Payload = Message },
        "whole" => frame with { MessageLength = 3, Fragment = Message },
        "empty" => frame with { MessageLength = 0 },
        "begin" => frame with { MessageLength = 6, Fragment = Half },
        "length" => frame with { MessageLength = 6 },
        "piece" => frame with { Fragment = Rest },
        "too-long" => frame with { Fragment = [1, 2, 3, 4] },
        "no-bytes" => frame with { Fragment = [] },
        "other-method" => frame with { PayloadField = 20_009, Payload = Message },
        "two-messages" => frame with { PayloadField = method.Number, Payload = Message, Fragment = Rest },
        "two-lengths" => frame with { PayloadField = method.Number, Payload = Message, MessageLength = 3 },
        "packed" => frame with { PayloadField = method.Number, Payload = Message, Compressed = true },
        "credit" => frame with { Credit = 100 },
        "overgrant" => frame with { Credit = int.MaxValue },
        "end-ok" => frame with { End = new CallEnd() },
        "end-error" => frame with { End = new CallEnd { Code = (uint)StatusCode.NotFound } },
        "end-broken" => frame with { RawEnd = [0x0B] },
        "half-close" => frame with { HalfClose = true },
        "cancel" => frame with { Cancel = true },
        "hello" => frame with { CallId = 0, Control = new InstanceControl { Hello = ScriptedInstance.Hello() } },
        "id-control" => frame with { Control = new InstanceControl { LoadReport = new LoadReport() } },
        "id-alone" => frame,
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    private static async Task AssertViolationAsync(ScriptedInstance instance)
    {
        List<RouterFrame> rest = await instance.RestAsync();
        Assert.Equal(ChannelErrorCode.Violation, rest[^1].Control?.Error?.Code);
        Assert.Equal(StatusCode.Internal, (await instance.Closed).StatusCode);
        Assert.Equal(InstanceState.Closed, instance.Channel.State);
    }
}
