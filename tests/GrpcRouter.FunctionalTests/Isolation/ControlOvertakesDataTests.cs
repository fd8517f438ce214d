using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter.FunctionalTests.Isolation;

/// <summary>A hundred streams wait for a channel whose connection is held back; then it opens, and control frames are ahead of them.</summary>
public sealed class ControlOvertakesDataTests : FunctionalTest
{
    private const int Greedy = 100;

    // What is with the transport cannot be overtaken: HTTP/2's window, 1 MiB from the router to the instance, and buffers on both sides.
    // A turn of each stream, behind which a frame in line would be, is more than this again.
    private const int ToInstance = (1024 * 1024) + (256 * 1024);
    private const int ToRouter = 512 * 1024;

    private static readonly Chunk Piece = new() { Data = ByteString.CopyFrom(new byte[FragmentLength.Default - 64]) };

    private readonly Line line = new();

    [Fact]
    public async Task A_cancel_and_a_ping_reach_an_instance_ahead_of_queued_requests()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartLineAsync(time);
        TaskCompletionSource<int> canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Service.OnTalk = async (_, _, context) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            canceled.SetResult(0);
        };
        AsyncClientStreamingCall<Chunk, Chunk>[] greedy = [.. Enumerable.Range(0, Greedy).Select(_ => rig.Client.Upload())];
        AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        await Until.TrueAsync(() => rig.Service.Started == Greedy + 1, "The streams did not start.");

        line.Receiving.Close();
        int mark = line.ToInstance.Frames.Length;
        Task[] writing = [.. greedy.Select(static call => WriteAsync(call.RequestStream))];
        InstanceChannel channel = Assert.Single(rig.Router.Instances);
        await Until.TrueAsync(() => channel.Output.QueuedTurns == Greedy, () => $"{channel.Output.QueuedTurns} streams wait for the channel.");
        call.Dispose();
        await Until.TrueAsync(() => rig.Router.ActiveCalls == Greedy, "The router did not learn of the cancellation.");
        time.Advance(rig.Router.Hub.Options.KeepAliveInterval + TimeSpan.FromSeconds(1));
        line.Receiving.Open();

        await canceled.Task.Soon("The handler was not cancelled.");
        await AssertAheadAsync(line.ToInstance, mark, ToInstance, PassedFrame.Kind.Cancel, PassedFrame.Kind.Ping);
        Array.ForEach(greedy, static call => call.Dispose());
        await Task.WhenAll(writing).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Credit_and_a_ping_reach_the_router_ahead_of_queued_responses()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartLineAsync(bridgeTime: time);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int waiting = 0;
        long taken = 0;
        rig.Service.OnDownload = async (_, responses, context) =>
        {
            await go.Task;
            while (true)
            {
                Interlocked.Increment(ref waiting);
                await responses.WriteAsync(Piece, context.CancellationToken);
                Interlocked.Decrement(ref waiting);
            }
        };
        rig.Service.OnUpload = async (requests, _) =>
        {
            await read.Task;
            Chunk sum = new();
            await foreach (Chunk request in requests.Each())
            {
                sum.Number += request.Data.Length;
                Volatile.Write(ref taken, sum.Number);
            }

            return sum;
        };
        AsyncServerStreamingCall<Chunk>[] greedy = [.. Enumerable.Range(0, Greedy).Select(_ => rig.Client.Download(new Chunk()))];
        Task[] reading = [.. greedy.Select(static call => call.ResponseStream.ToListAsync())];
        using AsyncClientStreamingCall<Chunk, Chunk> upload = rig.Client.Upload();
        int window = new BridgeOptions().MaxCallWindow;
        int count = (window / Piece.Data.Length) + 4;
        Task writing = WriteAsync(upload.RequestStream, count);
        await Until.TrueAsync(() => rig.Service.Started == Greedy + 1, "The streams did not start.");
        await Until.TrueAsync(() => line.ToInstance.Frames.Sum(static frame => (long)frame.Cost) >= window, "The upload did not use up its window.");

        line.Sending.Close();
        int mark = line.ToRouter.Frames.Length;
        go.SetResult();
        await Until.TrueAsync(() => Volatile.Read(ref waiting) == Greedy, () => $"{Volatile.Read(ref waiting)} streams wait for the channel.");
        read.SetResult();
        await Until.TrueAsync(() => Volatile.Read(ref taken) > (window / 2) + Piece.Data.Length, "The handler did not read half its window.");
        time.Advance(new BridgeOptions().KeepAliveInterval + TimeSpan.FromSeconds(1));
        line.Sending.Open();

        await AssertAheadAsync(line.ToRouter, mark, ToRouter, PassedFrame.Kind.Credit, PassedFrame.Kind.Ping);
        await writing;
        await upload.RequestStream.CompleteAsync();
        Assert.Equal(count * Piece.Data.Length, (await upload.ResponseAsync.Soon("The upload did not go on.")).Number);
        Array.ForEach(greedy, static call => call.Dispose());
        await Task.WhenAll(reading).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task<Rig> StartLineAsync(TimeProvider? routerTime = null, TimeProvider? bridgeTime = null) => await StartAsync(new RigOptions
    {
        Time = routerTime,

        // It is turns that the streams wait for, not credit.
        Router = static options => options.CallWindow = options.MaxCallWindow,
        Bridge = options =>
        {
            options.CallWindow = options.MaxCallWindow;
            options.ConfigureHandler = line.Plug;
            options.TimeProvider = bridgeTime ?? options.TimeProvider;
        },
    });

    private static async Task AssertAheadAsync(FrameTrace trace, int mark, int bound, params PassedFrame.Kind[] kinds)
    {
        foreach (PassedFrame.Kind kind in kinds)
        {
            await Until.TrueAsync(() => trace.Frames.Skip(mark).Any(frame => (frame.Says & kind) != 0), $"No {kind} came.");
            int before = trace.Frames.Skip(mark).TakeWhile(frame => (frame.Says & kind) == 0).Sum(static frame => frame.Cost);
            Assert.True(before < bound, $"{before} bytes of data came before the {kind}.");
        }
    }

    private static async Task WriteAsync(IClientStreamWriter<Chunk> requests, int count = int.MaxValue)
    {
        for (int i = 0; i < count; i++)
        {
            await requests.WriteAsync(Piece);
        }
    }
}
