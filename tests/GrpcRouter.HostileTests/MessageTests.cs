using System.IO.Compression;
using Google.Protobuf;

namespace GrpcRouter.HostileTests;

/// <summary>Messages that are declared large, come in crumbs, unpack to much or are cut short.</summary>
[Collection(Attacks.Name)]
public sealed class MessageTests : HostileTest
{
    [Theory]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0x7FFFFFFF)]
    public async Task A_length_of_gibibytes_takes_no_memory(uint length)
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();
        List<int> streams = [];
        for (int i = 0; i < 100; i++)
        {
            (int stream, byte[] open) = attacker.Open(Calls.Upload);
            await attacker.SendAsync(open, Http2Peer.Data(stream, [0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, 1]));
            streams.Add(stream);
        }

        Dictionary<int, string?> ends = [];
        while (ends.Count < streams.Count && await attacker.ReceiveAsync() is { } frame)
        {
            if (frame.Type == Http2Frame.Headers && Hpack.Decode(frame.Payload).Of("grpc-status") is { } status)
            {
                ends[frame.Stream] = status;
            }
        }

        Assert.All(ends.Values, static status => Assert.Equal("8", status));
        MemoryIsWithin(32 * MiB);
    }

    [Fact]
    public async Task Data_frames_of_a_byte_each_make_up_their_message()
    {
        const int Length = 50_000;
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();
        (int stream, byte[] open) = attacker.Open(Calls.Upload);
        byte[] message = Calls.Message(new Chunk { Data = ByteString.CopyFrom(new byte[Length]) });
        await attacker.SendAsync(open);
        await attacker.SendAsync([.. message.Select(each => Http2Peer.Data(stream, [each]))]);
        await arena.Victim.IsServedAsync();
        MemoryIsWithin(32 * MiB);
        await attacker.SendAsync(Http2Peer.Data(stream, [], endStream: true));

        Assert.Equal("0", await StatusAsync(attacker, stream));
        Assert.Equal(Length, arena.Service.Received);
    }

    [Fact]
    public async Task A_flood_of_empty_messages_waits_for_its_handler()
    {
        const int Messages = 500_000;
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();
        (int stream, byte[] open) = attacker.Open(Calls.Upload);
        await attacker.SendAsync(open);
        byte[] flood = Calls.Repeat(new byte[5], 2000);
        for (int sent = 0; sent < Messages; sent += 2000)
        {
            // What the server has granted is all that may be on its way.
            while (attacker.ServerWindow + attacker.Granted(stream) < (sent * 5L) + flood.Length || 65_535 + attacker.Granted(0) < (sent * 5L) + flood.Length)
            {
                await arena.Victim.IsServedAsync();
            }

            await attacker.SendAsync(Http2Peer.Data(stream, flood));
        }

        MemoryIsWithin(32 * MiB);
        await attacker.SendAsync(Http2Peer.Data(stream, [], endStream: true));
        (_, byte[] body, _) = await attacker.ReceiveStreamAsync(stream);
        Assert.Equal(Calls.Message(new Chunk { Number = Messages }), body);
    }

    [Fact]
    public async Task A_bomb_passes_the_router_packed_and_is_refused_where_it_is_unpacked()
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();
        byte[] bomb = Bomb(60 * MiB);
        byte[] message = Calls.Prefixed(bomb);
        message[0] = 1;
        Assert.InRange(message.Length, 0, 65_000);
        long before = GC.GetTotalAllocatedBytes();
        (int stream, byte[] open) = attacker.Open(Calls.Unary, endStream: false, ("grpc-encoding", "gzip"));
        await attacker.SendAsync(
            [open, .. message.Chunk(16_000).Select(piece => Http2Peer.Data(stream, piece)), Http2Peer.Data(stream, [], endStream: true)]);

        Assert.Equal("8", await StatusAsync(attacker, stream));

        // Four MiB are unpacked before it is known that there are more, into buffers that double.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 32 * MiB);
        Assert.Equal(0, arena.Service.Started);
        MemoryIsWithin(32 * MiB);
    }

    [Fact]
    public async Task A_message_that_is_cut_short_is_refused_and_its_sender_named()
    {
        Arena arena = await StartAsync();
        Http2Peer attacker = await arena.ConnectAsync();
        (int stream, byte[] open) = attacker.Open(Calls.Upload);
        await attacker.SendAsync(open, Http2Peer.Data(stream, [0, 0, 0, 0, 9, 1], endStream: true));

        Assert.Equal("13", await StatusAsync(attacker, stream));
        await arena.IsCaughtAsync(AbuseKinds.BadRequest, $"{attacker.Name} was stopped");
    }

    private static async Task<string?> StatusAsync(Http2Peer client, int stream) => (await client.ReceiveStreamAsync(stream)).Blocks[^1].Of("grpc-status");

    private static byte[] Bomb(int length)
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize))
        {
            byte[] zeros = new byte[MiB];
            for (int i = 0; i < length; i += zeros.Length)
            {
                gzip.Write(zeros);
            }
        }

        return packed.ToArray();
    }
}
