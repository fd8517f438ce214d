namespace GrpcRouter.HostileTests;

/// <summary>Clients that take nothing of what they asked for, or a byte at a time (CVE-2019-9511, 9517), and such that send half of something and rest.</summary>
[Collection(Attacks.Name)]
public sealed class SlowReaderTests : HostileTest
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Streams_whose_client_takes_nothing_are_reset_when_their_time_is_over()
    {
        const int Streams = 50;
        Arena arena = await StartAsync(static options => options.Abuse.StalledReaderTimeout = Short);
        Http2Peer attacker = await arena.ConnectAsync(window: 0);
        await OpenAsync(attacker, Calls.Download, new Chunk(), Streams);

        Assert.Equal(Streams, await ReceiveResetsAsync(attacker, Streams));
        await Until.TrueAsync(() => arena.Router.ActiveCalls == 0 && arena.Service.Running == 0, "Stalled calls are left.");
        Assert.Equal(Streams, arena.Service.Started);
        await arena.IsCaughtAsync(AbuseKinds.StalledReader, $"{attacker.Name} was stopped");
        Assert.Equal(Streams, arena.Offences(AbuseKinds.StalledReader));
        MemoryIsWithin(32 * MiB);
    }

    [Fact]
    public async Task A_reader_that_takes_a_byte_at_a_time_is_reset_as_well()
    {
        Arena arena = await StartAsync(static options => options.Abuse.StalledReaderTimeout = Short);
        Http2Peer attacker = await arena.ConnectAsync(window: 0);
        int stream = Assert.Single(await OpenAsync(attacker, Calls.Download, new Chunk(), 1));
        await Until.TrueAsync(() => arena.Service.Running == 1, "The stream is not open.");
        while (arena.Service.Running == 1)
        {
            await attacker.SendAsync(Http2Peer.WindowUpdate(stream, 1));
            await arena.Victim.IsServedAsync();
        }

        await arena.IsCaughtAsync(AbuseKinds.StalledReader, attacker.Name);
    }

    [Fact]
    public async Task Complete_responses_that_nobody_takes_are_reset_and_a_connection_that_leaves_many_is_closed()
    {
        const int Streams = 1000;
        const int Length = 60_000;
        const int Attackers = 4;
        Arena arena = await StartAsync(static options => options.Abuse.StalledReaderTimeout = Short);
        for (int i = 0; i < Attackers; i++)
        {
            Http2Peer attacker = await arena.ConnectAsync(window: 0);
            await OpenAsync(attacker, Calls.Unary, new Chunk { Number = Length }, Streams);
            await arena.IsCaughtAsync(AbuseKinds.StalledReader, $"Warning {attacker.Name} was stopped");
            await attacker.Closed.Soon("The attacker's connection is still there.");
            await Until.TrueAsync(() => arena.Router.ActiveCalls == 0, "Calls are left.");
        }

        Assert.Equal(Attackers * 101, arena.Offences(AbuseKinds.StalledReader));

        // The server keeps the buffers of one attack for a while, which were 57 MiB twice over, but not those of all.
        MemoryIsWithin(160 * MiB);
    }

    [Fact]
    public async Task A_stream_on_which_nothing_waits_may_rest()
    {
        Arena arena = await StartAsync(static options => options.Abuse.StalledReaderTimeout = Short);
        Http2Peer client = await arena.ConnectAsync();
        int resting = Assert.Single(await OpenAsync(client, Calls.Talk, new Chunk { Number = 1 }, 1, endStream: false));
        Assert.Equal(Http2Frame.Headers, (await client.ReceiveAsync())!.Type);
        Assert.Equal(Http2Frame.Data, (await client.ReceiveAsync())!.Type);

        // One that stalls begins after the other and is ended before it.
        Http2Peer attacker = await arena.ConnectAsync(window: 0);
        await OpenAsync(attacker, Calls.Download, new Chunk(), 1);
        Assert.Equal(1, await ReceiveResetsAsync(attacker, 1));

        await client.SendAsync(Http2Peer.Data(resting, Calls.Message(new Chunk { Number = 2 }), endStream: true));
        (_, byte[] body, bool wasReset) = await client.ReceiveStreamAsync(resting);
        Assert.Equal(Calls.Message(new Chunk { Number = 2 }), body);
        Assert.False(wasReset);
    }

    [Fact]
    public async Task Requests_that_stop_halfway_hold_what_came_of_them_and_go_with_their_connection()
    {
        const int Streams = 2000;
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();
        byte[] half = Calls.Message(new Chunk { Data = Google.Protobuf.ByteString.CopyFrom(new byte[2000]) })[..1000];
        for (int i = 0; i < Streams; i++)
        {
            (int stream, byte[] open) = attacker.Open(Calls.Upload);
            await attacker.SendAsync(open, Http2Peer.Data(stream, half));
        }

        await Until.TrueAsync(() => arena.Service.Running == Streams, () => $"{arena.Service.Running} streams are open.");
        await arena.Victim.IsServedAsync();
        MemoryIsWithin(96 * MiB);
        attacker.Kill();
        await Until.TrueAsync(() => arena.Router.ActiveCalls == 0 && arena.Service.Running == 0, "Half calls are left.");

        // A connection that is lost with all of its calls is no reset of each.
        await arena.Victim.IsServedAsync();
        Assert.Equal(0, arena.Offences(AbuseKinds.Cancels));
    }

    private static async Task<List<int>> OpenAsync(Http2Peer peer, string path, Chunk request, int count, bool endStream = true)
    {
        List<int> streams = [];
        for (int i = 0; i < count; i++)
        {
            (int stream, byte[] open) = peer.Open(path);
            await peer.SendAsync(open, Http2Peer.Data(stream, Calls.Message(request), endStream));
            streams.Add(stream);
        }

        return streams;
    }

    private static async Task<int> ReceiveResetsAsync(Http2Peer peer, int count)
    {
        int resets = 0;
        while (resets < count && await peer.ReceiveAsync() is { } frame)
        {
            resets += frame.Type == Http2Frame.Reset ? 1 : 0;
        }

        return resets;
    }
}
