using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter.FunctionalTests.Isolation;

/// <summary>What ten thousand clients that stopped reading cost the router, and that it comes back.</summary>
[Collection(HeapCollection.Name)]
public sealed class StalledStreamsTests : FunctionalTest
{
    private const int MiB = 1024 * 1024;
    private const int Streams = 10_000;
    private const int Connections = 4;
    private const int Window = 16 * 1024;

    // The message that each handler is about to write, and what is lost to the sizes of buffers.
    private const long FixedSum = 96 * MiB;

    // A handler that nothing holds up stops here, so that a router without credit fails rather than the machine.
    private const int Most = 8 * Window;

    private static readonly Chunk Piece = new() { Data = ByteString.CopyFrom(new byte[2000]) };

    [Fact]
    public async Task Ten_thousand_stalled_streams_hold_their_windows_and_give_all_back()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Router = static options => options.MaxCallWindow = options.CallWindow = Window,

            // The server's own buffer comes on top of the window.
            Builder = static builder => builder
                .Services.AddSingleton<IMemoryPoolFactory<byte>, UnpooledMemory>()
                .Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxResponseBufferSize = 1),
        });
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int[] written = new int[Streams];
        rig.Service.OnDownload = async (request, responses, context) =>
        {
            await go.Task;
            for (int sent = 0; sent < Most; sent += Piece.Data.Length)
            {
                await responses.WriteAsync(Piece, context.CancellationToken);
                Volatile.Write(ref written[request.Number], sent + Piece.Data.Length);
            }
        };
        await CallAsync(rig, 20);
        InstanceChannel channel = Assert.Single(rig.Router.Instances);
        long before = Heap.Collected();

        Http2Peer[] clients = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => rig.OpenHttp2Async(window: 0)));
        for (int i = 0; i < Streams; i++)
        {
            Http2Peer client = clients[i % Connections];
            (int stream, byte[] open) = client.Open("/functional.Probe/Download");
            await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message(new Chunk { Number = i }.ToByteArray()), endStream: true));
        }

        await Until.TrueAsync(() => rig.Service.Running == Streams, () => $"{rig.Service.Running} streams are open.");
        long idle = Heap.Collected() - before;
        go.SetResult();

        // Less than a message is left of each window.
        await Until.TrueAsync(
            () => Array.TrueForAll(written, static count => count > Window - (2 * Piece.Data.Length)),
            () => $"{written.Count(static count => count > Window - (2 * Piece.Data.Length))} streams have used up their windows.");
        await CallAsync(rig, 50);
        long stalled = Heap.Collected() - before;

        Assert.Equal(Streams, rig.Service.Running);
        Assert.All(written, static count => Assert.InRange(count, Window - (2 * Piece.Data.Length), Window));
        Assert.All(channel.Calls.Live(), static call => Assert.InRange(call.ResponseBytesHeld, 1, Window));
        Assert.InRange(channel.Calls.Live().Sum(static call => (long)call.ResponseBufferCapacity), 0, (long)Streams * Window);
        Assert.InRange(stalled - idle, long.MinValue, ((long)Streams * Window) + FixedSum);

        foreach (Http2Peer client in clients)
        {
            client.Kill();
        }

        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => channel.ActiveCalls == 0, "Ids are left on the channel.");
        foreach (Http2Peer client in clients)
        {
            await client.DisposeAsync();
        }

        long left = 0;
        await Until.TrueAsync(() => (left = Heap.Collected() - before) < (long)Streams * Window / 4, () => $"{left} of {stalled} bytes are left.");
        Assert.Empty(channel.Calls.Live());
        Assert.Equal(0, channel.Budget.Used);
        Assert.Equal(0, channel.Output.QueuedTurns);
        await CallAsync(rig, 20);
    }

    private static async Task CallAsync(Rig rig, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(i, (await rig.Client.UnaryAsync(new Chunk { Number = i }).ResponseAsync.Soon("A small call waits.")).Number);
        }
    }
}
