using System.Buffers.Binary;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>
/// Clients, instance, clock and channel loss at once, on several threads. Each call has a content of its own, so that anything left over from
/// another call of the same object would show.
/// </summary>
public sealed class OutcomeRaceTests
{
    private const int Batch = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_races_each_call_has_one_outcome_and_leaves_nothing_behind(int seed)
    {
        using Bench bench = new();
        Random random = new(seed);
        ScriptedInstance instance = await bench.InstanceAsync();
        Task serving = Task.Run(() => ServeAsync(instance, seed));
        Dictionary<string, int> outcomes = [];
        for (int round = 0; round < 150; round++)
        {
            (TestLeg Leg, byte[] Message)[] calls = [.. Enumerable.Range(0, Batch).Select(i => (RandomCall.NewLeg(random), RandomCall.Message(random, (round * Batch) + i)))];
            int[] plans = [.. calls.Select(_ => random.Next(6))];
            int[] methods = [.. calls.Select(_ => random.Next(4))];
            bool lose = random.Next(12) == 0;
            Task clients = Task.Run(() =>
            {
                for (int i = 0; i < Batch; i++)
                {
                    Play(bench, Probe.Service.Methods[methods[i]], calls[i].Leg, calls[i].Message, plans[i]);
                }
            });
            bench.Time.Advance(TimeSpan.FromMilliseconds(random.Next(30)));
            if (lose)
            {
                instance.Lose();
                await instance.Closed.Soon();
                await serving.Soon();
                instance = await bench.InstanceAsync();
                ScriptedInstance next = instance;
                serving = Task.Run(() => ServeAsync(next, seed));
            }

            await clients.Soon();
            if (round % 2 == 0)
            {
                // Those that need nobody's help get the time to end by themselves.
                await Task.WhenAll(calls.Where((call, i) => plans[i] > 3 && call.Leg.Reads && Choice(call.Message, seed) != 1).Select(static call => call.Leg.Done)).Soon();
            }

            bench.Time.Advance(TimeSpan.FromMilliseconds(100));
            Array.ForEach(calls, static call => call.Leg.Leave());
            foreach ((TestLeg leg, byte[] message) in calls)
            {
                string outcome = await leg.OutcomeAsync();
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                AssertContent(outcome, TestLeg.Framed(message), await leg.BodyAsync());
            }
        }

        Patience.Until(() => instance.Channel.ActiveCalls == 0, "The instance has ended every call.");
        bench.AssertIdle();
        string[] expected = ["OK by the instance", "NotFound by the instance", "aborted", "DeadlineExceeded DEADLINE_EXCEEDED", "Internal BAD_REQUEST_FRAMING"];
        Assert.All(expected, outcome => Assert.True(outcomes.GetValueOrDefault(outcome) > 0, $"{outcome} did not occur among {string.Join(", ", outcomes)}."));
        instance.Hangup();
        await serving.Soon();
    }

    [Fact]
    public async Task The_end_of_the_instance_and_the_clients_reset_give_one_outcome_whoever_is_first()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        using Barrier start = new(2);
        for (int i = 0; i < 1_500; i++)
        {
            (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
            Task reset = Task.Run(() =>
            {
                start.SignalAndWait();
                leg.Leave();
            });
            start.SignalAndWait();
            instance.Send(InstanceFrame.Message(id, Probe.Unary, [5]) with { End = new CallEnd() });
            await reset.Soon();
            Assert.Contains(await leg.OutcomeAsync(), (string[])["OK by the instance", "aborted"]);
            Assert.Equal(0, instance.Channel.ActiveCalls);
        }

        bench.AssertIdle();
    }

    [Fact]
    public async Task A_client_that_leaves_between_the_instances_end_and_a_flush_that_would_wait_for_it_is_not_waited_for()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        ulong id = 0;
        TestLeg leg = null!;
        leg = new TestLeg(responseLimit: 100)
        {
            OnHeaders = () =>
            {
                instance.Send(InstanceFrame.Ended(id, StatusCode.OK));
                Patience.Until(() => instance.Channel.ActiveCalls == 0, "The router has read the end.");
                leg.Leave();
            },
        };
        (_, id) = await bench.StartAsync(instance, Probe.Unary, leg);
        instance.Send(InstanceFrame.Message(id, Probe.Unary, new byte[1_000]));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_call_that_its_instance_ends_is_never_cancelled_there()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        for (int i = 0; i < 1_500; i++)
        {
            (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
            instance.Send(InstanceFrame.Message(id, Probe.Unary, [5]) with { End = new CallEnd() });
            Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        }

        Assert.Empty(await instance.BarrierAsync());
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
                leg.Send(message);
                leg.Leave();
                break;
            case 3:
                leg.Send(message).HalfClose(new IOException("reset"));
                break;
            default:
                leg.Send(message).HalfClose();
                break;
        }
    }

    private static void AssertContent(string outcome, byte[] whole, byte[] body)
    {
        Assert.True(body.Length <= whole.Length && body.AsSpan().SequenceEqual(whole.AsSpan(0, body.Length)), "The response holds what is not of this call.");
        if (outcome.StartsWith("OK", StringComparison.Ordinal))
        {
            Assert.Equal(whole.Length, body.Length);
        }
    }

    // Echoes, fails, or waits to be cancelled, as the call's content decides.
    private static async Task ServeAsync(ScriptedInstance instance, int seed)
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
                over = Answer(instance, frame.CallId, methods[frame.CallId], [.. request], seed);
            }

            if (over)
            {
                requests.Remove(frame.CallId);
            }
        }
    }

    private static int Choice(byte[] request, int seed) => ((BinaryPrimitives.ReadInt32LittleEndian(request) * 7) + seed) % 5;

    private static bool Answer(ScriptedInstance instance, ulong id, RoutedMethod method, byte[] request, int seed)
    {
        switch (Choice(request, seed))
        {
            case 0:
                instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
                return true;
            case 1:
                instance.Send(InstanceFrame.First(id, (ulong)request.Length, request[..(Math.Min(request.Length, 20_000) / 2)]) with { Headers = new CallHeaders() });
                return false;
            case 2 when request.Length < 60_000:
                int half = request.Length / 2;
                instance.Send(InstanceFrame.First(id, (ulong)request.Length, request[..half]));
                instance.Send(InstanceFrame.Piece(id, request[half..]) with { End = new CallEnd() });
                return true;
            default:
                if (request.Length < 60_000)
                {
                    instance.Send(InstanceFrame.Message(id, method, request) with { Headers = new CallHeaders(), End = new CallEnd() });
                }
                else
                {
                    instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
                }

                return true;
        }
    }
}
