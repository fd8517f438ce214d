namespace GrpcRouter.HostileTests;

/// <summary>Header blocks that do not end, unpack to much more than they are, or come slowly.</summary>
[Collection(Attacks.Name)]
public sealed class HeaderTests : HostileTest
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(1)]
    public async Task A_flood_of_continuations_ends_with_the_header_bytes_that_a_request_may_have(int size)
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync(answers: false);
        byte[] field = Hpack.Encode([("k", new string('x', 64))]);
        byte[] block = Calls.Repeat(field, (size / field.Length) + 1)[..size];

        // A single field that never ends, so that no limit on decoded headers helps.
        await attacker.SendAsync(Http2Peer.Frame(Http2Frame.Headers, 0, 1, [.. HeaderBlocks.Call(Calls.Unary), 0, 127, 0xFF, 0xFF, 0xFF, 0x3F]));
        byte[] flood = Calls.Repeat(Http2Peer.Frame(Http2Frame.Continuation, 0, 1, block), 64);
        await FloodAsync(attacker, flood);

        await arena.IsCaughtAsync(AbuseKinds.Http2, attacker.Name);
        MemoryIsWithin(32 * MiB);
    }

    [Fact]
    public async Task Empty_continuations_end_with_the_time_that_headers_have()
    {
        Arena arena = await StartAsync(kestrel: static limits => limits.RequestHeadersTimeout = Short);
        Http2Peer attacker = await arena.ConnectAsync(answers: false);
        await attacker.SendAsync(Http2Peer.Frame(Http2Frame.Headers, 0, 1, HeaderBlocks.Call(Calls.Unary)));

        await FloodAsync(attacker, Calls.Repeat(Http2Peer.Frame(Http2Frame.Continuation, 0, 1, []), 1000));

        await arena.IsCaughtAsync(AbuseKinds.Http2, attacker.Name);
        MemoryIsWithin(32 * MiB);
    }

    [Fact]
    public async Task Half_a_header_block_and_then_silence_ends_with_the_time_that_headers_have()
    {
        Arena arena = await StartAsync(kestrel: static limits => limits.RequestHeadersTimeout = Short);
        Http2Peer[] attackers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => arena.ConnectAsync(answers: false)));
        foreach (Http2Peer attacker in attackers)
        {
            await attacker.SendAsync(Http2Peer.Frame(Http2Frame.Headers, 0, 1, HeaderBlocks.Call(Calls.Unary)[..10]));
        }

        await Task.WhenAll(attackers.Select(static attacker => attacker.Closed)).Soon("Slow connections are still there.");
        await arena.IsCaughtAsync(AbuseKinds.Http2, attackers[0].Name);
        MemoryIsWithin(32 * MiB);
    }

    [Fact]
    public async Task A_table_entry_that_is_referred_to_thousands_of_times_is_refused()
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();

        // 16 KiB on the wire, 48 MiB when unpacked.
        byte[] bomb = [.. HeaderBlocks.Call(Calls.Unary), .. HeaderBlocks.Indexed("k", 4000, 12_000)];
        await attacker.SendAsync(Http2Peer.Frame(Http2Frame.Headers, Http2Frame.EndHeadersFlag | Http2Frame.EndStreamFlag, 1, bomb));

        await attacker.Closed.Soon("The attacker's connection is still there.");
        await arena.IsCaughtAsync(AbuseKinds.Http2, attacker.Name);
        Assert.Equal(0, arena.Service.Started);
        MemoryIsWithin(32 * MiB);
    }

    [Theory]
    [InlineData("k")]
    [InlineData("cookie")]
    public async Task Thousands_of_empty_fields_of_a_byte_each_are_refused_however_many_streams_bring_them(string key)
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync(window: 0);
        for (int stream = 1; stream < 2000 && !attacker.Closed.IsCompleted; stream += 2)
        {
            byte[] block = [.. HeaderBlocks.Call(Calls.Talk), .. HeaderBlocks.Indexed(key, 0, 8000)];
            if (!await attacker.TrySendAsync(Http2Peer.Frame(Http2Frame.Headers, Http2Frame.EndHeadersFlag, stream, block)))
            {
                break;
            }
        }

        await arena.Victim.IsServedAsync();
        await arena.IsCaughtAsync(AbuseKinds.Http2, attacker.Name);
        Assert.Equal(0, arena.Service.Started);
        MemoryIsWithin(64 * MiB);
    }

    [Fact]
    public async Task Metadata_over_the_limit_is_refused_and_its_sender_named()
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();
        (int stream, byte[] open) = attacker.Open(Calls.Unary, endStream: false, [.. Enumerable.Range(0, 92).Select(static i => ($"k{i}", new string('x', 148)))]);
        await attacker.SendAsync(open, Http2Peer.Data(stream, Calls.Message(new Chunk()), endStream: true));

        (List<List<(string Key, string Value)>> blocks, _, _) = await attacker.ReceiveStreamAsync(stream);
        Assert.Equal("8", blocks[^1].Of("grpc-status"));
        await arena.IsCaughtAsync(AbuseKinds.Oversize, attacker.Name);
        Assert.Equal(0, arena.Service.Started);
    }

    private static async Task FloodAsync(Http2Peer attacker, byte[] flood)
    {
        Task ended = attacker.Closed;
        while (!ended.IsCompleted && await attacker.TrySendAsync(flood))
        {
        }

        await ended.Soon("The attacker's connection is still there.");
    }
}
