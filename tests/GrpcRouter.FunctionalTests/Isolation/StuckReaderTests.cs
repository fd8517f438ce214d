using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrpcRouter.FunctionalTests.Isolation;

/// <summary>A client that reads nothing of a huge stream, beside others on the same channel.</summary>
[Collection(HeapCollection.Name)]
public sealed class StuckReaderTests : FunctionalTest
{
    private const int KiB = 1024;
    private const int MiB = 1024 * 1024;
    private const int Workers = 4;
    private const int CallsEach = 100;

    private static readonly Chunk Piece = new() { Data = ByteString.CopyFrom(new byte[16 * KiB]) };

    [Fact]
    public async Task Small_calls_are_answered_beside_a_stuck_gibibyte_and_a_bulk_transfer_on_their_channel()
    {
        Rig rig = await StartAsync();
        long written = 0;
        int answered = 0;
        Task? stuckWrites = null;
        rig.Service.OnDownload = (request, responses, context) => request.Text == "bulk"
            ? WriteWhileAsync(sent => sent < 64 * MiB || Volatile.Read(ref answered) < Workers * CallsEach, responses, context)
            : stuckWrites = WriteWhileAsync(
                sent =>
                {
                    Volatile.Write(ref written, sent);
                    return sent < 1024L * MiB;
                },
                responses,
                context);

        // No window at all: what leaves the router's call stays in the server's buffer.
        await using Http2Peer reader = await rig.OpenHttp2Async(window: 0);
        (int stream, byte[] open) = reader.Open("/functional.Probe/Download");
        await reader.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        InstanceChannel channel = Assert.Single(rig.Router.Instances);
        await Until.TrueAsync(() => channel.Calls.Count == 1, "The stream did not start.");
        RoutedCall stuck = Assert.Single(channel.Calls.Live());
        await Until.TrueAsync(() => stuck.ResponseBytesHeld >= stuck.ResponseWindow / 2, () => $"The router holds {stuck.ResponseBytesHeld} bytes for the reader that is stuck.");
        long heap = Heap.Collected();

        using GrpcChannel other = rig.Host.CreateChannel();
        Task<long> bulk = ReadAsync(new Probe.ProbeClient(other).Download(new Chunk { Text = "bulk" }));
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            for (int i = 0; i < CallsEach; i++)
            {
                int number = (worker * CallsEach) + i;
                Assert.Equal(number, (await rig.Client.UnaryAsync(new Chunk { Number = number }).ResponseAsync.Soon("A small call waits.")).Number);
                Interlocked.Increment(ref answered);
                Assert.InRange(stuck.ResponseBytesHeld, 1, stuck.ResponseWindow);
            }
        }));

        Assert.True(await bulk.Soon("The bulk transfer did not end.") >= 64 * MiB);
        Assert.False(stuckWrites!.IsCompleted);
        Assert.Same(stuck, Assert.Single(channel.Calls.Live()));

        // The server's buffer lets one and a half windows pass before it holds the router up; that may have grown the window.
        Assert.InRange(stuck.ResponseWindow, rig.Router.Hub.Options.CallWindow, 4 * rig.Router.Hub.Options.CallWindow);
        Assert.InRange(stuck.ResponseBytesHeld, stuck.ResponseWindow / 2, stuck.ResponseWindow);
        Assert.InRange(stuck.ResponseBufferCapacity, 0, 2 * stuck.ResponseWindow);
        Assert.InRange(Volatile.Read(ref written), 0, stuck.ResponseWindow + (128 * KiB) + Piece.Data.Length);

        // Of a gibibyte; the pools of client and server keep what the bulk transfer had at a time.
        Assert.InRange(Heap.Collected() - heap, long.MinValue, 128 * MiB);

        reader.Kill();
        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => channel.ActiveCalls == 0 && channel.Budget.Used == 0, "The stuck call left something behind.");
    }

    private static async Task WriteWhileAsync(Func<long, bool> more, IServerStreamWriter<Chunk> responses, ServerCallContext context)
    {
        for (long sent = 0; more(sent); sent += Piece.Data.Length)
        {
            await responses.WriteAsync(Piece, context.CancellationToken);
        }
    }

    private static async Task<long> ReadAsync(AsyncServerStreamingCall<Chunk> call)
    {
        long bytes = 0;
        await foreach (Chunk chunk in call.ResponseStream.Each())
        {
            bytes += chunk.Data.Length;
        }

        return bytes;
    }
}
