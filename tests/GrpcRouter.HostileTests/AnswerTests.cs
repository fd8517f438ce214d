using Google.Protobuf;
using GrpcRouter.V1;

namespace GrpcRouter.HostileTests;

/// <summary>Instances that attack clients with what they answer. The client's connection, and every other call on it, must not notice.</summary>
[Collection(Attacks.Name)]
public sealed class AnswerTests : HostileTest
{
    [Theory]
    [InlineData("a line break in a trailer", "13", AbuseKinds.BadResponse)]
    [InlineData("a line break in a header", "13", AbuseKinds.BadResponse)]
    [InlineData("a line break in a key", "13", AbuseKinds.BadResponse)]
    [InlineData("a key of HTTP/2", "13", AbuseKinds.BadResponse)]
    [InlineData("a line break in an encoding", "13", AbuseKinds.BadResponse)]
    [InlineData("trailers that are no message", "13", AbuseKinds.BadResponse)]
    [InlineData("an end inside a message", "13", AbuseKinds.BadResponse)]
    [InlineData("200 KiB of trailers", "8", AbuseKinds.Oversize)]
    [InlineData("a status that is none", "4294967295", null)]
    [InlineData("a line break in the message", "5", null)]
    public async Task An_answer_that_no_header_may_hold_ends_its_call_and_no_connection(string what, string status, string? offence)
    {
        Arena arena = await StartAsync(bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        Http2Peer client = await arena.ConnectAsync();
        (int stream, byte[] open) = client.Open(Calls.Unary);
        await client.SendAsync(open, Http2Peer.Data(stream, Calls.Message(new Chunk()), endStream: true));
        ulong id = (await hostile.ReceiveUntilAsync(static frame => frame.Start is not null)).CallId;
        TargetInstanceFrame frame = new() { CallId = id, Unary = new Chunk(), End = new CallEnd() };
        switch (what)
        {
            case "a line break in a trailer":
                frame.End.Trailers.Add(Entry("k", "x\r\ngrpc-status: 0"));
                break;
            case "a line break in a header":
                frame.Headers = new CallHeaders { Metadata = { Entry("k", "x\r\n\r\nbody") } };
                break;
            case "a line break in a key":
                frame.End.Trailers.Add(Entry("k\r\nl", "x"));
                break;
            case "a key of HTTP/2":
                frame.End.Trailers.Add(Entry(":status", "200"));
                break;
            case "a line break in an encoding":
                frame.Headers = new CallHeaders { Encoding = "gzip\r\nx: y" };
                break;
            case "an end inside a message":
                frame = new TargetInstanceFrame { CallId = id, MessageLength = 100, Fragment = ByteString.CopyFromUtf8("beginning"), End = new CallEnd() };
                break;
            case "200 KiB of trailers":
                frame.End.Trailers.Add(Entry("k", new string('x', 200 * 1024)));
                break;
            case "a status that is none":
                frame.End.Code = uint.MaxValue;
                break;
            case "a line break in the message":
                (frame.End.Code, frame.End.Message) = (5, "x\r\ngrpc-status: 0\0\u2028");
                break;
        }

        byte[] bytes = frame.ToByteArray();
        if (what == "trailers that are no message")
        {
            bytes = [.. new TargetInstanceFrame { CallId = id, Unary = new Chunk() }.ToByteArray(), (Protocol.FrameField.End << 3) | 2, 3, 0x1A, 0xFF, 0xFF];
        }

        await hostile.SendRawAsync(Calls.Prefixed(bytes));

        (List<List<(string Key, string Value)>> blocks, _, bool wasReset) = await client.ReceiveStreamAsync(stream);
        Assert.False(wasReset);
        Assert.Equal(status, blocks[^1].Of("grpc-status"));
        Assert.DoesNotContain(blocks.SelectMany(static block => block), static field => (field.Key + field.Value).AsSpan().ContainsAny("\r\n\0"));
        if (offence is not null)
        {
            await arena.IsCaughtAsync(offence, $"nstance hostile at {hostile.Peer} was stopped");
        }

        // The same connection, and the same channel.
        await AskAsync(client);
        Assert.Equal(InstanceState.Ready, Assert.Single(arena.Router.Instances).State);
        MemoryIsWithin(16 * MiB);
    }

    [Fact]
    public async Task Ten_mebibytes_of_trailers_end_the_channel_before_they_are_read()
    {
        Arena arena = await StartAsync(bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        Http2Peer client = await arena.ConnectAsync();
        (int stream, byte[] open) = client.Open(Calls.Unary);
        await client.SendAsync(open, Http2Peer.Data(stream, Calls.Message(new Chunk()), endStream: true));
        ulong id = (await hostile.ReceiveUntilAsync(static frame => frame.Start is not null)).CallId;
        TargetInstanceFrame frame = new() { CallId = id, End = new CallEnd() };
        frame.End.Trailers.Add(Entry("k", new string('x', 10 * MiB)));
        byte[] bytes = Calls.Prefixed(frame.ToByteArray());
        await hostile.TrySendRawAsync(bytes.AsMemory(0, 100_000));

        (List<List<(string Key, string Value)>> blocks, _, bool wasReset) = await client.ReceiveStreamAsync(stream);
        Assert.Equal((false, "14"), (wasReset, blocks[^1].Of("grpc-status")));
        await arena.IsCaughtAsync(AbuseKinds.Violation, hostile.Peer);
        await AskAsync(client);
        MemoryIsWithin(32 * MiB);
    }

    private static MetadataEntry Entry(string key, string value) => new() { Key = key, Value = ByteString.CopyFromUtf8(value) };

    private static async Task AskAsync(Http2Peer client)
    {
        (int stream, byte[] open) = client.Open("/hostile.Neighbour/Ask");
        byte[] question = Calls.Message(new Chunk { Number = 9 });
        await client.SendAsync(open, Http2Peer.Data(stream, question, endStream: true));
        (List<List<(string Key, string Value)>> blocks, byte[] body, _) = await client.ReceiveStreamAsync(stream);
        Assert.Equal("0", blocks[^1].Of("grpc-status"));
        Assert.Equal(question, body);
    }
}
