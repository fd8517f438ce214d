using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class FlowControlTests : FunctionalTest
{
    private const int Window = 64 * 1024;
    private const string Download = "/functional.Probe/Download";

    [Fact]
    public async Task A_stuck_reader_holds_up_no_other_call()
    {
        Rig rig = await StartAsync();
        rig.Service.OnDownload = static async (_, responses, context) =>
        {
            Chunk large = new() { Data = ByteString.CopyFrom(new byte[32 * 1024]) };
            while (true)
            {
                await responses.WriteAsync(large, context.CancellationToken);
            }
        };
        await using Http2Peer reader = await rig.OpenHttp2Async();
        await OpenAsync(reader, Download);
        await Until.TrueAsync(() => rig.Service.Running == 1, "The stream did not start.");

        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(i, (await rig.Client.UnaryAsync(new Chunk { Number = i })).Number);
        }

        Assert.Equal(1, rig.Router.ActiveCalls);
        reader.Kill();
        await rig.WhenIdleAsync();
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_lets_the_instance_send_one_window_and_no_more()
    {
        const int readers = 40;
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.CallWindow = options.MaxCallWindow = Window });
        Scripted instance = await rig.ScriptAsync();

        // No window at all: nothing leaves the router, and so nothing may come back as credit.
        await using Http2Peer client = await rig.OpenHttp2Async(window: 0);
        for (int i = 0; i < readers; i++)
        {
            await OpenAsync(client, Download);
        }

        Dictionary<ulong, long> credit = [];
        while (credit.Count < readers)
        {
            credit.Add((await instance.NextCallAsync()).CallId, Window);
        }

        foreach (ulong id in credit.Keys)
        {
            for (int left = Window; left > 0; left -= 16 * 1024)
            {
                await instance.SendAsync(new ProbeInstanceFrame { CallId = id, MessageLength = (16 * 1024) - 5, Fragment = ByteString.CopyFrom(new byte[(16 * 1024) - 5]) });
            }
        }

        // Credit that was on its way would arrive before this answer.
        for (int i = 0; i < 20; i++)
        {
            AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
            ProbeRouterFrame start = await instance.ReceiveUntilAsync(frame =>
            {
                if (frame.Credit > 0)
                {
                    credit[frame.CallId] += (long)frame.Credit;
                }

                return frame.Start is not null;
            });
            await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
            await call;
        }

        // Kestrel's own buffer takes up to 64 KiB of a response before it holds the router up.
        Assert.All(credit.Values, static granted => Assert.InRange(granted, Window, Window + (64 * 1024) + Window));
        client.Kill();
    }

    [Fact]
    public async Task An_instance_that_sends_beyond_its_credit_loses_that_call_alone()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.CallWindow = options.MaxCallWindow = Window });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> neighbour = rig.Raw.CallAsync("/functional.Probe/Unary", RawClient.Message([]));
        ulong other = (await instance.NextCallAsync()).CallId;
        await using Http2Peer client = await rig.OpenHttp2Async(window: 0);
        int stream = await OpenAsync(client, Download);
        ulong id = (await instance.NextCallAsync()).CallId;

        // Twice the window and Kestrel's buffer: there is no credit for all of it, however much was passed on.
        for (int i = 0; i < 20; i++)
        {
            await instance.SendAsync(new ProbeInstanceFrame { CallId = id, MessageLength = 16 * 1024, Fragment = ByteString.CopyFrom(new byte[16 * 1024]) });
        }

        ProbeRouterFrame cancel = await instance.ReceiveUntilAsync(static frame => frame.Cancel is not null);
        Assert.Equal((id, CancelReason.Violation), (cancel.CallId, cancel.Cancel.Reason));
        await client.SendAsync(Http2Peer.WindowUpdate(stream, 1024 * 1024), Http2Peer.WindowUpdate(0, 1024 * 1024));
        var (blocks, _, _) = await client.ReceiveStreamAsync(stream);
        Assert.Contains(("grpc-status", "13"), blocks[^1]);
        await instance.EndAsync(id, 1);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = other, Unary = new Chunk(), End = new CallEnd() });
        Assert.Equal("0", (await neighbour).Status);
    }

    [Fact]
    public async Task Credit_comes_back_in_batches_of_at_least_half_a_window()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.CallWindow = options.MaxCallWindow = Window });
        Scripted instance = await rig.ScriptAsync();
        using AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());
        Task<List<Chunk>> replies = call.ResponseStream.ToListAsync();
        ulong id = (await instance.NextCallAsync()).CallId;
        Chunk small = new() { Data = ByteString.CopyFrom(new byte[1000]) };
        int cost = small.CalculateSize() + 5;
        long available = Window;
        int sent = 0;
        List<ulong> grants = [];
        while (sent < 600)
        {
            if (available < cost)
            {
                ulong grant = (await instance.ReceiveUntilAsync(static frame => frame.Credit > 0)).Credit;
                grants.Add(grant);
                available += (long)grant;
            }

            await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Download = small });
            available -= cost;
            sent++;
        }

        await instance.EndAsync(id);

        Assert.Equal(600, (await replies).Count);
        Assert.All(grants, static grant => Assert.InRange(grant, (ulong)(Window / 2), (ulong)Window));
    }

    [Fact]
    public async Task What_a_cancelled_call_left_on_the_channel_costs_the_others_nothing()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        for (int round = 0; round < 50; round++)
        {
            AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());
            ulong id = (await instance.NextCallAsync()).CallId;
            call.Dispose();
            await instance.ReceiveUntilAsync(frame => frame.CallId == id && frame.Cancel is not null);

            // Sent before the instance knew; far more in all than any window of the stream below.
            for (int i = 0; i < 4; i++)
            {
                await instance.SendAsync(new ProbeInstanceFrame { CallId = id, MessageLength = 16_000, Fragment = ByteString.CopyFrom(new byte[16_000]) });
            }

            await instance.EndAsync(id, 1);
        }

        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
        await Until.TrueAsync(() => rig.Router.Instances.Single().ActiveCalls == 0, "Ids are left.");
    }

    [Fact]
    public async Task A_small_call_overtakes_a_large_message()
    {
        const int size = 32 * 1024 * 1024;
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync(change: static hello => hello.InitialWindow = int.MaxValue);
        AsyncUnaryCall<Chunk> bulk = rig.Client.UnaryAsync(new Chunk { Data = ByteString.CopyFrom(new byte[size]) });
        ProbeRouterFrame first = await instance.NextCallAsync();
        AsyncUnaryCall<Chunk> small = rig.Client.UnaryAsync(new Chunk { Text = "small" });
        await Until.TrueAsync(() => rig.Router.ActiveCalls == 2, "The small call did not reach the router.");
        long before = first.Fragment.Length;

        ProbeRouterFrame start = await instance.ReceiveUntilAsync(frame =>
        {
            before += frame.Start is null ? frame.Fragment.Length : 0;
            return frame.Start is not null;
        });

        Assert.Equal("small", start.Unary.Text);
        Assert.True(before < size / 2, $"{before} bytes of bulk came first.");
        await instance.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk(), End = new CallEnd() });
        await small;
        await instance.ReceiveUntilAsync(static frame => frame.HalfClose);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = first.CallId, Unary = new Chunk(), End = new CallEnd() });
        await bulk;
    }

    [Fact]
    public async Task Calls_take_turns_piece_by_piece()
    {
        const int calls = 4;
        const int size = 4 * 1024 * 1024;
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync(change: static hello => hello.InitialWindow = int.MaxValue);
        AsyncUnaryCall<Chunk>[] bulk = [.. Enumerable.Range(0, calls).Select(_ => rig.Client.UnaryAsync(new Chunk { Data = ByteString.CopyFrom(new byte[size]) }))];
        ConcurrentDictionary<ulong, int> pieces = new();
        int most = 0;
        int running = calls;
        await Until.TrueAsync(() => rig.Router.ActiveCalls == calls, "The calls did not reach the router.");
        while (running > 0)
        {
            ProbeRouterFrame frame = await instance.ReceiveUntilAsync(static frame => frame.CallId != 0);
            pieces.AddOrUpdate(frame.CallId, 1, static (_, before) => before + 1);
            if (pieces.Count == calls && running == calls)
            {
                most = Math.Max(most, pieces.Values.Max() - pieces.Values.Min());
            }

            if (frame.HalfClose)
            {
                running--;
                await instance.SendAsync(new ProbeInstanceFrame { CallId = frame.CallId, Unary = new Chunk(), End = new CallEnd() });
            }
        }

        // Of 256 pieces each; a first come, first served line would put one call's behind all of another's.
        Assert.True(most < 192, $"One call was {most} pieces ahead of another.");
        await Task.WhenAll(bulk.Select(static call => call.ResponseAsync));
    }

    [Fact]
    public async Task Control_frames_overtake_data()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync(change: static hello => hello.InitialWindow = int.MaxValue);
        AsyncUnaryCall<Chunk> bulk = rig.Client.UnaryAsync(new Chunk { Data = ByteString.CopyFrom(new byte[32 * 1024 * 1024]) });
        ProbeRouterFrame first = await instance.NextCallAsync();

        await instance.SendControlAsync(new InstanceControl { Ping = new Ping { Nonce = 77 } });
        await instance.ReceiveUntilAsync(static frame =>
        {
            Assert.False(frame.HalfClose, "The whole message came before the answer to the ping.");
            return frame.Control?.Pong?.Nonce == 77;
        });
        bulk.Dispose();
        await instance.ReceiveUntilAsync(static frame =>
        {
            Assert.False(frame.HalfClose, "The whole message came before the cancellation.");
            return frame.Cancel is not null;
        });

        await instance.EndAsync(first.CallId, 1);
    }

    [Fact]
    public async Task An_instance_that_gives_no_credit_makes_the_clients_writes_wait()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open("/functional.Probe/Upload");
        await client.SendAsync(open);
        ulong id = (await instance.NextCallAsync()).CallId;
        long sent = 0;
        byte[] message = RawClient.Message(new Chunk { Data = ByteString.CopyFrom(new byte[16_000]) }.ToByteArray());
        for (int barrier = 0; barrier < 20; barrier++)
        {
            while (sent + message.Length <= Math.Min(client.ServerWindow + client.Granted(stream), 65_535 + client.Granted(0)) && sent < 64 * 1024 * 1024)
            {
                await client.SendAsync(Http2Peer.Data(stream, message));
                sent += message.Length;
            }

            // Each of these passes router and instance after what was sent above.
            await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
        }

        // The window of the call, that of Kestrel's stream, and half of the latter that may be on its way back.
        Assert.InRange(sent, Window, 2 * 1024 * 1024);
        await client.SendAsync(Http2Peer.Reset(stream));
        await instance.ReceiveUntilAsync(frame => frame.CallId == id && frame.Cancel is not null);
        await instance.EndAsync(id, 1);
    }

    [Fact]
    public async Task The_window_of_a_call_that_is_limited_by_it_grows()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted instance = await rig.ScriptAsync();
        ProbeRouterFrame ping = await instance.ReceiveUntilAsync(static frame => frame.Control?.Ping is not null);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await instance.SendControlAsync(new InstanceControl { Pong = new Pong { Nonce = ping.Control.Ping.Nonce } });
        await Until.TrueAsync(() => rig.Router.Instances.Single().RoundTrip == TimeSpan.FromMilliseconds(100), "The round trip is not known.");
        using AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());
        Task<List<Chunk>> replies = call.ResponseStream.ToListAsync();
        ulong id = (await instance.NextCallAsync()).CallId;
        Chunk chunk = new() { Data = ByteString.CopyFrom(new byte[8000]) };
        int cost = chunk.CalculateSize() + 5;
        long available = Window;
        ulong largest = 0;

        // The clock stands, so that every window is used up within two round trips.
        for (int grants = 0; grants < 20; grants++)
        {
            for (; available >= cost; available -= cost)
            {
                await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Download = chunk });
            }

            ulong grant = (await instance.ReceiveUntilAsync(static frame => frame.Credit > 0)).Credit;
            largest = Math.Max(largest, grant);
            available += (long)grant;
        }

        Assert.True(largest > 4 * Window, $"The largest grant was {largest}.");
        await instance.EndAsync(id);
        await replies;
    }

    [Fact]
    public async Task Many_calls_on_one_channel_never_mix_their_bytes()
    {
        Rig rig = await StartAsync();

        Chunk[] replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            rig.Client.UnaryAsync(new Chunk { Number = i, Data = ByteString.CopyFrom(Pattern(i)) }).ResponseAsync));

        for (int i = 0; i < replies.Length; i++)
        {
            Assert.Equal(i, replies[i].Number);
            Assert.True(replies[i].Data.Span.SequenceEqual(Pattern(i)), $"Call {i} got bytes of another.");
        }

        static byte[] Pattern(int seed)
        {
            byte[] bytes = new byte[20_000 + (seed * 1000)];
            new Random(seed).NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    public async Task A_reader_that_pauses_gets_everything_when_it_goes_on()
    {
        const int size = 3 * 1024 * 1024;
        Rig rig = await StartAsync();
        rig.Service.OnDownload = static async (_, responses, _) => await responses.WriteAsync(new Chunk { Data = ByteString.CopyFrom(new byte[size]) });
        await using Http2Peer client = await rig.OpenHttp2Async(window: 1000);
        int stream = await OpenAsync(client, Download);
        for (int i = 0; i < 50; i++)
        {
            await rig.Client.UnaryAsync(new Chunk());
        }

        await client.SendAsync(Http2Peer.WindowUpdate(stream, size * 2), Http2Peer.WindowUpdate(0, size * 2));
        var (blocks, body, reset) = await client.ReceiveStreamAsync(stream);

        Assert.False(reset);
        Assert.True(body.Length > size);
        Assert.Contains(("grpc-status", "0"), blocks[^1]);
    }

    private static async Task<int> OpenAsync(Http2Peer client, string path)
    {
        (int stream, byte[] open) = client.Open(path);
        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        return stream;
    }
}
