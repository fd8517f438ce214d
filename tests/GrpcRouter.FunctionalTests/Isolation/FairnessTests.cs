using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter.Protocol;

namespace GrpcRouter.FunctionalTests.Isolation;

/// <summary>Many streams that have more to send than the channel takes, and one that has little: what of the others passes before its messages.</summary>
public sealed class FairnessTests : FunctionalTest
{
    private const int Greedy = 100;
    private const int ModestMessages = 30;

    // More than the greedy ones can send while the modest one sends all it has, if they take turns.
    private const int GreedyMessages = 256;

    // A turn may end with a fragment that began within it.
    private const long Bound = 4L * Greedy * FragmentLength.Default;

    // The line does not wait for a stream whose turn has come and whose thread the system has put aside, so a few may be late.
    // ChannelOutputTurnTests shows the exact bound, without threads.
    private const int Late = ModestMessages / 10;

    private static readonly Chunk Piece = new() { Data = ByteString.CopyFrom(new byte[FragmentLength.Default - 64]) };

    [Fact]
    public async Task A_modest_response_stream_waits_for_a_few_turns_of_a_hundred_greedy_ones()
    {
        (Rig rig, Line line) = await StartLineAsync();
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int waiting = 0;
        rig.Service.OnDownload = async (request, responses, context) =>
        {
            await go.Task;
            for (int i = 0; i < request.Number; i++)
            {
                Interlocked.Increment(ref waiting);
                await responses.WriteAsync(Piece, context.CancellationToken);
                Interlocked.Decrement(ref waiting);
            }
        };
        AsyncServerStreamingCall<Chunk>[] greedy = [.. Enumerable.Range(0, Greedy).Select(_ => rig.Client.Download(new Chunk { Number = GreedyMessages }))];
        Task[] reading = [.. greedy.Select(static call => ReadAsync(call.ResponseStream))];
        await Until.TrueAsync(() => rig.Service.Started == Greedy, "The greedy streams did not start.");
        using AsyncServerStreamingCall<Chunk> modest = rig.Client.Download(new Chunk { Number = ModestMessages });
        await Until.TrueAsync(() => rig.Service.Started == Greedy + 1, "The modest stream did not start.");

        line.Sending.Close();
        go.SetResult();
        await Until.TrueAsync(() => Volatile.Read(ref waiting) == Greedy + 1, () => $"{Volatile.Read(ref waiting)} streams wait for the channel.");
        line.Sending.Open();

        Assert.Equal(ModestMessages, (await modest.ResponseStream.ToListAsync()).Count);
        AssertFair(line, line.ToRouter.Frames);
        await StopAsync(greedy, reading);
    }

    [Fact]
    public async Task A_modest_request_stream_waits_for_a_few_turns_of_a_hundred_greedy_ones()
    {
        (Rig rig, Line line) = await StartLineAsync();
        AsyncClientStreamingCall<Chunk, Chunk>[] greedy = [.. Enumerable.Range(0, Greedy).Select(_ => rig.Client.Upload())];
        await Until.TrueAsync(() => rig.Service.Started == Greedy, "The greedy streams did not start.");
        using GrpcChannel other = rig.Host.CreateChannel();
        using AsyncClientStreamingCall<Chunk, Chunk> modest = new Probe.ProbeClient(other).Upload();
        await Until.TrueAsync(() => rig.Service.Started == Greedy + 1, "The modest stream did not start.");

        line.Receiving.Close();
        Task[] writing = [.. greedy.Select(static call => WriteAsync(call.RequestStream, GreedyMessages))];
        InstanceChannel channel = Assert.Single(rig.Router.Instances);
        await Until.TrueAsync(() => channel.Output.QueuedTurns == Greedy, () => $"{channel.Output.QueuedTurns} streams wait for the channel.");

        // All of it fits into the window of its HTTP/2 stream, so that it never waits for its client.
        await WriteAsync(modest.RequestStream, ModestMessages).Soon("The server did not take the modest stream's messages.");
        await Until.TrueAsync(() => channel.Output.QueuedTurns == Greedy + 1, "The modest stream does not wait for the channel.");
        line.Receiving.Open();

        await modest.RequestStream.CompleteAsync();
        Assert.Equal(ModestMessages * Piece.Data.Length, (await modest).Number);
        AssertFair(line, line.ToInstance.Frames);
        await StopAsync(greedy, writing);
    }

    private async Task<(Rig Rig, Line Line)> StartLineAsync()
    {
        Line line = new();
        Rig rig = await StartAsync(new RigOptions
        {
            // It is turns that bound a stream here, not credit.
            Router = static options => options.CallWindow = options.MaxCallWindow,
            Bridge = options =>
            {
                options.CallWindow = options.MaxCallWindow;
                options.ConfigureHandler = line.Plug;
            },
        });
        return (rig, line);
    }

    private static void AssertFair(Line line, PassedFrame[] frames)
    {
        ulong modest = line.ToInstance.Frames.Last(static frame => (frame.Says & PassedFrame.Kind.Start) != 0).CallId;
        List<long> gaps = [];
        long others = 0;
        foreach (PassedFrame frame in frames.Where(static frame => frame.Cost > 0))
        {
            if (frame.CallId != modest)
            {
                others += frame.Cost;
                continue;
            }

            gaps.Add(others);
            others = 0;
        }

        Assert.Equal(ModestMessages, gaps.Count);
        Assert.InRange(gaps.Count(static gap => gap > Bound), 0, Late);
        Assert.InRange(gaps.Sum(), 0, ModestMessages * Bound / 2);

        // The others were there all the time, or it would show nothing.
        Assert.True(gaps.Sum() > Bound, $"Only {gaps.Sum()} bytes of the greedy streams passed.");
    }

    private static async Task StopAsync(IReadOnlyList<IDisposable> calls, Task[] streams)
    {
        foreach (IDisposable call in calls)
        {
            call.Dispose();
        }

        await Task.WhenAll(streams).ContinueWith(static _ => { }, TaskScheduler.Default).Soon("The greedy streams did not learn of the cancellation.");
    }

    private static async Task ReadAsync(IAsyncStreamReader<Chunk> responses)
    {
        while (await responses.MoveNext(CancellationToken.None))
        {
        }
    }

    private static async Task WriteAsync(IClientStreamWriter<Chunk> requests, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await requests.WriteAsync(Piece);
        }
    }
}
