using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;
using Microsoft.AspNetCore.Hosting;

namespace GrpcRouter.FunctionalTests;

/// <summary>Real instances and clients of which some stop reading: who is held up, by how much, and who is not.</summary>
public sealed class StalledCallTests : FunctionalTest
{
    private const int Window = 64 * 1024;
    private const int MiB = 1024 * 1024;

    // What a stream may hold besides the router's window: the client's HTTP/2 window, Kestrel's buffer, and a write that fills it up.
    private const int Pipes = 3 * Window;

    private static readonly Chunk Piece = new() { Data = ByteString.CopyFrom(new byte[16 * 1024]) };

    // Costs exactly 16,384 bytes of credit.
    private static readonly Chunk Quarter = new() { Data = ByteString.CopyFrom(new byte[(Window / 4) - 5 - 3]) };

    [Fact]
    public async Task A_reader_that_stops_holds_up_its_own_call_and_no_other()
    {
        Rig rig = await StartAsync(new RigOptions { Router = static options => options.MaxCallWindow = options.CallWindow });
        long written = 0;
        Task? writing = null;
        rig.Service.OnDownload = (_, responses, context) => writing = WriteAsync(responses, 64 * MiB, count => Volatile.Write(ref written, count), context.CancellationToken);
        await using Http2Peer stuck = await rig.OpenHttp2Async(Window);
        (int stream, byte[] open) = stuck.Open("/functional.Probe/Download");
        await stuck.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        await Until.TrueAsync(() => Volatile.Read(ref written) >= Window, () => $"The stream came to {written} bytes.");

        await CallAsync(rig, 100);

        Assert.False(writing!.IsCompleted);
        Assert.InRange(Volatile.Read(ref written), Window, Window + Pipes + Piece.CalculateSize());
        await stuck.SendAsync(Http2Peer.Reset(stream));
        await rig.WhenIdleAsync();
    }

    [Fact]
    public async Task A_thousand_stalled_streams_hold_their_windows_and_others_are_served()
    {
        const int streams = 1000;
        const int small = 16 * 1024;
        Rig rig = await StartAsync(new RigOptions
        {
            Router = static options => options.MaxCallWindow = options.CallWindow = small,
            Builder = static builder => builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxResponseBufferSize = small),
        });
        long[] written = new long[streams];
        rig.Service.OnDownload = (request, responses, context) =>
            WriteAsync(responses, MiB, count => Volatile.Write(ref written[request.Number], count), context.CancellationToken, small / 4);
        await using Http2Peer stuck = await rig.OpenHttp2Async(window: 0);
        for (int i = 0; i < streams; i++)
        {
            (int stream, byte[] open) = stuck.Open("/functional.Probe/Download");
            await stuck.SendAsync(open, Http2Peer.Data(stream, RawClient.Message(new Chunk { Number = i }.ToByteArray()), endStream: true));
        }

        await Until.TrueAsync(() => Array.TrueForAll(written, static count => count >= small / 2), () => $"{written.Count(static count => count >= small / 2)} streams came to their windows.");
        await CallAsync(rig, 20);

        Assert.Equal(streams, rig.Service.Running);
        Assert.All(written, static count => Assert.InRange(count, small / 2, 4 * small));
        stuck.Kill();
        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => Assert.Single(rig.Router.Instances).ActiveCalls == 0, "Ids are left on the channel.");
    }

    [Fact]
    public async Task Cancelled_calls_give_back_what_their_windows_grew_by()
    {
        // The budget has room for one window to grow once: a leak shows at the next call.
        (Rig rig, Scripted instance) = await StartGrowingAsync(budget: Window);
        for (int round = 0; round < 10; round++)
        {
            AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());
            ulong id = (await instance.NextCallAsync()).CallId;
            Assert.True(await GrowAsync(instance, call, id) > Window);

            call.Dispose();
            await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Download = Quarter });
            await instance.ReceiveUntilAsync(frame => frame.CallId == id && frame.Cancel is not null);
            await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Download = Quarter });
            await instance.EndAsync(id, 1);
            await rig.WhenIdleAsync();
            await Until.TrueAsync(() => Assert.Single(rig.Router.Instances).ActiveCalls == 0, "The id is still taken.");
        }
    }

    [Fact]
    public async Task A_small_call_does_not_wait_for_a_response_of_64_MiB()
    {
        Rig rig = await StartAsync();
        Chunk huge = new() { Data = ByteString.CopyFrom(new byte[64 * MiB]) };
        rig.Service.OnUnary = (request, _) => Task.FromResult(request.Text == "huge" ? huge : request);
        using HttpResponseMessage response = await rig.Raw.StartAsync(
            "/functional.Probe/Unary", new ByteArrayContent(RawClient.Message(new Chunk { Text = "huge" }.ToByteArray())));
        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] half = new byte[32 * MiB];
        await body.ReadExactlyAsync(half);

        // The other half is on its way, as far as windows allow, and does not end before this has.
        await CallAsync(rig, 20);

        await body.ReadExactlyAsync(half);
        MemoryStream rest = new();
        await body.CopyToAsync(rest);
        Assert.Equal(5 + huge.CalculateSize() - (2 * half.Length), rest.Length);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task A_small_call_does_not_wait_for_a_request_of_64_MiB()
    {
        Rig rig = await StartAsync(new RigOptions { Bridge = static options => options.MaxReceiveMessageSize = null });
        byte[] message = RawClient.Message(new Chunk { Data = ByteString.CopyFrom(new byte[64 * MiB]) }.ToByteArray());
        rig.Service.OnUnary = static (request, _) => Task.FromResult(new Chunk { Number = request.Number + request.Data.Length });
        PieceContent body = new();
        Task<RawResponse> response = rig.Raw.SendAsync("/functional.Probe/Unary", body);
        body.Write(message[..^1]);
        await Until.TrueAsync(() => rig.Router.ActiveCalls == 1, "The call did not reach the router.");

        await CallAsync(rig, 20);

        Assert.False(response.IsCompleted);
        body.Write(message[^1..]);
        body.Complete();
        RawResponse answer = await response;
        Assert.Equal("0", answer.Status);
        Assert.Equal(64 * MiB, Chunk.Parser.ParseFrom(Assert.Single(answer.Messages()).Payload).Number);
    }

    [Fact]
    public async Task Greedy_streams_and_a_modest_one_all_advance()
    {
        const int streams = 8;
        Rig rig = await StartAsync();
        rig.Service.OnDownload = static async (request, responses, context) =>
        {
            for (int i = 0; request.Number == 0 || i < request.Number; i++)
            {
                await responses.WriteAsync(Piece, context.CancellationToken);
            }
        };
        int[] received = new int[streams];
        AsyncServerStreamingCall<Chunk>[] greedy = [.. Enumerable.Range(0, streams).Select(_ => rig.Client.Download(new Chunk()))];
        Task[] reading = [.. greedy.Select(async (call, i) =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                Interlocked.Increment(ref received[i]);
            }
        })];
        await Until.TrueAsync(() => Array.TrueForAll(received, static count => count > 0), "A stream got nothing.");

        Assert.Equal(50, (await rig.Client.Download(new Chunk { Number = 50 }).ResponseStream.ToListAsync()).Count);

        int[] then = [.. received];
        await Until.TrueAsync(() => Enumerable.Range(0, streams).All(i => received[i] > then[i]), "A stream starves.");
        foreach (AsyncServerStreamingCall<Chunk> call in greedy)
        {
            call.Dispose();
        }

        foreach (Task reader in reading)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => reader.Soon("A reader did not learn of the cancellation."));
        }
    }

    [Fact]
    public async Task A_handler_that_does_not_read_holds_up_its_client_and_no_other()
    {
        const int total = 16 * MiB;
        Rig rig = await StartAsync();
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Service.OnUpload = async (requests, _) =>
        {
            await read.Task;
            Chunk sum = new();
            await foreach (Chunk request in requests.Each())
            {
                sum.Number += request.Data.Length;
            }

            return sum;
        };
        using AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload();
        long written = 0;
        Task writing = Task.Run(async () =>
        {
            for (; Volatile.Read(ref written) < total; Interlocked.Add(ref written, Piece.Data.Length))
            {
                await call.RequestStream.WriteAsync(Piece);
            }

            await call.RequestStream.CompleteAsync();
        });
        await Until.TrueAsync(() => Volatile.Read(ref written) >= 4 * Window, () => $"The stream came to {written} bytes.");

        await CallAsync(rig, 100);

        // The instance's window, the router's for the connection's stream (512 KiB), and what the client's own pipes hold.
        Assert.False(writing.IsCompleted);
        Assert.InRange(Volatile.Read(ref written), 4 * Window, 2 * MiB);
        read.SetResult();
        await writing.Soon("The client's writes did not go on.");
        Assert.Equal(total, (await call).Number);
    }

    /// <summary>A router on a clock that stands, so that every round trip is short, and an instance whose round trip it has measured.</summary>
    private async Task<(Rig Rig, Scripted Instance)> StartGrowingAsync(long budget)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = new ManualTimeProvider(), Router = options => options.ChannelWindowBudget = budget });
        Scripted instance = await rig.ScriptAsync();
        RouterControl ping = await instance.ReceiveControlAsync(RouterControl.KindOneofCase.Ping);
        await instance.SendControlAsync(new InstanceControl { Pong = new Pong { Nonce = ping.Ping.Nonce } });
        return (rig, instance);
    }

    /// <summary>Uses a call's window up twice.</summary>
    /// <returns>The credit that the instance holds then.</returns>
    private static async Task<long> GrowAsync(Scripted instance, AsyncServerStreamingCall<Chunk> call, ulong id)
    {
        long available = Window;
        for (int round = 0; round < 2; round++)
        {
            for (; available >= Window / 4; available -= Window / 4)
            {
                await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Download = Quarter });
                await call.ResponseStream.NextAsync();
            }

            // All was read, and less than half a window of it may be held back.
            while (available < (round == 0 ? Window / 2 : Window + 1))
            {
                available += (long)(await instance.ReceiveUntilAsync(frame => frame.CallId == id && frame.Credit != 0)).Credit;
            }
        }

        return available;
    }

    private static async Task WriteAsync(IServerStreamWriter<Chunk> responses, long total, Action<long> wrote, CancellationToken cancellationToken, int size = 16 * 1024)
    {
        Chunk chunk = size == Piece.Data.Length ? Piece : new Chunk { Data = ByteString.CopyFrom(new byte[size]) };
        for (long written = 0; written < total;)
        {
            await responses.WriteAsync(chunk, cancellationToken);
            written += size;
            wrote(written);
        }
    }

    private static async Task CallAsync(Rig rig, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(i, (await rig.Client.UnaryAsync(new Chunk { Number = i }).ResponseAsync.Soon("A small call waits for a large one.")).Number);
        }
    }
}
