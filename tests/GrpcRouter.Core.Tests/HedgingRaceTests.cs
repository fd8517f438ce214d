using System.Buffers.Binary;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>Answers, clocks, clients and losses at once, on calls with several attempts. Each call has a content of its own.</summary>
public sealed class HedgingRaceTests
{
    private const int Batch = 10;
    private const int Unfinished = 4;
    private const int MostEchoed = 60_000;

    [Fact]
    public async Task Of_two_instances_that_answer_at_the_same_moment_one_is_heard()
    {
        RouterOptions options = HedgingTests.Hedging();
        options.Defaults.Hedging.Delay = TimeSpan.Zero;
        options.Defaults.RetryBudget.Ratio = 2;
        using Bench bench = new(options);
        ScriptedInstance[] instances = [await bench.InstanceAsync("one"), await bench.InstanceAsync("two")];
        using Barrier start = new(2);
        int[] wins = new int[2];
        for (int round = 0; round < 1_500; round++)
        {
            RoutedMethod method = round % 2 == 0 ? Probe.Unary : Probe.ServerStreaming;
            TestLeg leg = bench.Call(method).Send([1]).HalfClose();
            ulong[] ids = [(await StartAsync(instances[0])).CallId, (await StartAsync(instances[1])).CallId];
            int here = round / 2 % 2;
            Task other = Task.Run(() => Answer(1 - here));
            Answer(here);
            await other.Soon();
            Assert.Equal("OK by the instance", await leg.OutcomeAsync());
            byte[] body = await leg.BodyAsync();
            Assert.True(body is [0, 0, 0, 0, 1, 0 or 1], $"The client got {Convert.ToHexString(body)}.");
            wins[body[5]]++;
            Assert.Equal(0, bench.Router.ActiveCalls);

            void Answer(int number)
            {
                start.SignalAndWait();
                instances[number].Send(InstanceFrame.Message(ids[number], method, [(byte)number]) with { End = new CallEnd() });
            }
        }

        Assert.All(wins, static count => Assert.True(count > 0, "Either was heard at times."));
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_races_each_hedged_call_has_one_outcome_and_leaves_nothing_behind(int seed)
    {
        RouterOptions options = HedgingTests.Hedging(attempts: 3);
        options.Defaults.Hedging.Delay = TimeSpan.FromMilliseconds(10);
        options.Defaults.RetryBudget.Ratio = 3;
        options.Defaults.CircuitBreaker.MaxRetries = 1_000;
        using Bench bench = new(options);
        Random random = new(seed);
        ScriptedInstance[] instances = [await bench.InstanceAsync("0"), await bench.InstanceAsync("1"), await bench.InstanceAsync("2")];
        Task[] serving = [.. instances.Select((instance, number) => Task.Run(() => ServeAsync(instance, seed, number)))];
        Dictionary<string, int> outcomes = [];
        for (int round = 0; round < 200; round++)
        {
            (TestLeg Leg, byte[] Message)[] calls = [.. Enumerable.Range(0, Batch).Select(i => (RandomCall.NewLeg(random), RandomCall.Message(random, (round * Batch) + i)))];
            int[] plans = [.. calls.Select(_ => random.Next(8))];
            Task clients = Task.Run(() =>
            {
                for (int i = 0; i < Batch; i++)
                {
                    Play(bench, i % 2 == 0 ? Probe.Unary : Probe.ServerStreaming, calls[i].Leg, calls[i].Message, plans[i]);
                }
            });
            for (int step = random.Next(6); step >= 0; step--)
            {
                bench.Time.Advance(TimeSpan.FromMilliseconds(random.Next(12)));
            }

            if (random.Next(10) == 0)
            {
                int number = random.Next(3);
                instances[number].Lose();
                await instances[number].Closed.Soon();
                await serving[number].Soon();
                ScriptedInstance next = instances[number] = await bench.InstanceAsync($"{number}");
                serving[number] = Task.Run(() => ServeAsync(next, seed, number));
            }

            await clients.Soon();
            if (round % 2 == 0)
            {
                // Those that end by themselves get the time to.
                Task ends = Task.WhenAll(calls.Where((call, i) => plans[i] > 4 && call.Leg.Reads && call.Message.Length < MostEchoed && Kind(call.Message, seed) != Unfinished).Select(static call => call.Leg.Done));
                Patience.Until(
                    () =>
                    {
                        bench.Time.Advance(TimeSpan.FromMilliseconds(5));
                        return ends.IsCompleted;
                    },
                    "The calls end.");
            }

            bench.Time.Advance(TimeSpan.FromMilliseconds(random.Next(40)));
            Array.ForEach(calls, static call => call.Leg.Leave());
            foreach ((TestLeg leg, byte[] message) in calls)
            {
                string outcome = await leg.OutcomeAsync();
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                byte[] whole = TestLeg.Framed(message);
                byte[] body = await leg.BodyAsync();
                Assert.True(body.AsSpan().SequenceEqual(whole.AsSpan(0, body.Length)), "The response holds what is not of this call.");
                Assert.True(!outcome.StartsWith("OK", StringComparison.Ordinal) || body.Length == whole.Length, "The response is whole.");
            }

            Assert.Equal(0, bench.Router.ActiveCalls);
            Assert.Equal(0, bench.Router.Plan.Budget!.Running);
        }

        Patience.Until(() => bench.Router.Instances.All(static channel => channel.ActiveCalls == 0), "The instances have ended every attempt.");
        bench.AssertIdle();
        Assert.True(bench.Router.HedgeLosers.Sum > 0, "Some attempts lost.");
        string[] expected = ["OK by the instance", "NotFound by the instance", "Unavailable by the instance", "aborted", "DeadlineExceeded DEADLINE_EXCEEDED", "Internal BAD_REQUEST_FRAMING"];
        Assert.All(expected, outcome => Assert.True(outcomes.GetValueOrDefault(outcome) > 0, $"{outcome} did not occur among {string.Join(", ", outcomes)}."));
        Array.ForEach(instances, static instance => instance.Hangup());
        await Task.WhenAll(serving).Soon();
    }

    private static async Task<RouterFrame> StartAsync(ScriptedInstance instance)
    {
        // The withdrawal of the last call may come before it.
        RouterFrame frame;
        do
        {
            frame = await instance.NextAsync();
        }
        while (frame.Start is null);
        return frame;
    }

    private static void Play(Bench bench, RoutedMethod method, TestLeg leg, byte[] message, int plan)
    {
        if (plan == 0)
        {
            leg.Leave();
        }

        bench.Call(method, leg);
        switch (plan)
        {
            case 1:
                leg.SendRaw(TestLeg.Framed(message).AsSpan(0, message.Length / 2)).HalfClose();
                break;
            case 2:
                leg.SendRaw(TestLeg.Framed(message).AsSpan(0, message.Length / 2));
                leg.Leave();
                break;
            case 3:
                leg.Send(message).HalfClose(new IOException("reset"));
                break;
            case 4:
                leg.Send(message).HalfClose();
                leg.Leave();
                break;
            default:
                leg.Send(message).HalfClose();
                break;
        }
    }

    private static int Kind(byte[] request, int seed) => ((BinaryPrimitives.ReadInt32LittleEndian(request) * 7) + seed) % 6;

    // Echoes, fails, or waits to be withdrawn, as the content and the instance decide.
    private static async Task ServeAsync(ScriptedInstance instance, int seed, int number)
    {
        Dictionary<ulong, List<byte>> requests = [];
        Dictionary<ulong, RoutedMethod> methods = [];
        while (await instance.NextOrEndAsync() is { } frame)
        {
            if (frame.Start is { } start)
            {
                requests[frame.CallId] = [];
                methods[frame.CallId] = Probe.Service.FindByNumber((int)(start.Method == 0 ? frame.PayloadField : start.Method))!;
            }

            if (!requests.TryGetValue(frame.CallId, out List<byte>? request))
            {
                continue;
            }

            request.AddRange(frame.Payload ?? frame.Fragment ?? []);
            if (frame.Cost > 0)
            {
                instance.Send(InstanceFrame.Grant(frame.CallId, (ulong)frame.Cost));
            }

            bool over = frame.Cancel is not null;
            if (over)
            {
                instance.Send(InstanceFrame.Ended(frame.CallId, StatusCode.Cancelled));
            }
            else if (frame.HalfClose)
            {
                over = Answer(instance, frame.CallId, methods[frame.CallId], [.. request], seed, number);
            }

            if (over)
            {
                requests.Remove(frame.CallId);
            }
        }
    }

    private static bool Answer(ScriptedInstance instance, ulong id, RoutedMethod method, byte[] request, int seed, int number)
    {
        bool first = (BinaryPrimitives.ReadInt32LittleEndian(request) + number) % 3 == 0;
        switch (Kind(request, seed))
        {
            case 0:
                instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
                return true;
            case 1 when first:
                return false;
            case 2:
            case 3 when first:
                instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));
                return true;
            case Unfinished:
                instance.Send(InstanceFrame.First(id, (ulong)request.Length, request[..(Math.Min(request.Length, 20_000) / 2)]) with { Headers = new CallHeaders() });
                return false;
            default:
                instance.Send(request.Length < MostEchoed
                    ? InstanceFrame.Message(id, method, request) with { Headers = new CallHeaders(), End = new CallEnd() }
                    : InstanceFrame.Ended(id, StatusCode.Unavailable));
                return true;
        }
    }
}
