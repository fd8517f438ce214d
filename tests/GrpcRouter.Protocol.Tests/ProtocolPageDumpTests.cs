using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using Greet;
using GrpcRouter.V1;

namespace GrpcRouter.Protocol.Tests;

/// <summary>The hex dumps of docs/protocol.md are the bytes that the generated classes write, and FrameDecoder reads them.</summary>
public sealed class ProtocolPageDumpTests
{
    private const uint SayHello = GreeterRouterFrame.SayHelloFieldNumber;

    // Fixed, because compressors differ in what they write.
    private static readonly byte[] Compressed = Hex.Bytes(
        "1F 8B 08 00 00 00 00 00 02 03 E3 2A 70 4C 49 54 F0 C9 2F 4B CD 49 4C 4E D5 51 A0 3D 0F 00 D7 42 AE B8 72 00 00 00");

    private static readonly Dictionary<string, IMessage> Frames = new(StringComparer.Ordinal)
    {
        ["hello"] = new GreeterInstanceFrame
        {
            Control = new()
            {
                Hello = new()
                {
                    Versions = { 1 },
                    Service = "greet.Greeter",
                    InstanceId = "greeter-1",
                    Epoch = 1_767_225_600,
                    Labels = { ["zone"] = "a" },
                    Weight = 1,
                    InitialWindow = 65_536,
                    MaxFrameSize = 262_144,
                    UserAgent = "bridge/1.0",
                },
            },
        },
        ["registered"] = new GreeterRouterFrame
        {
            Control = new()
            {
                Registered = new()
                {
                    Version = 1,
                    RouterId = "router-1",
                    InitialWindow = 65_536,
                    MaxFrameSize = 262_144,
                    MaxMetadataSize = 16_384,
                    MaxMessageSize = int.MaxValue,
                },
            },
        },
        ["unary-request"] = new GreeterRouterFrame
        {
            CallId = 1,
            Start = new()
            {
                TimeoutUs = 2_000_000,
                Metadata = { new MetadataEntry { Key = "x-request-id", Value = ByteString.CopyFromUtf8("7f3a") } },
                AcceptEncoding = "gzip",
                Authority = "router.example",
                Peer = "ipv4:192.0.2.7:40000",
            },
            SayHello = new() { Name = "Ada" },
            HalfClose = true,
        },
        ["unary-response"] = new GreeterInstanceFrame { CallId = 1, SayHello = new() { Message = "Hello Ada" }, End = new() },
        ["unary-error"] = new GreeterInstanceFrame
        {
            CallId = 1,
            End = new()
            {
                Code = 5,
                Message = "no Ada here",
                Trailers = { new MetadataEntry { Key = "x-node", Value = ByteString.CopyFromUtf8("a-17") } },
            },
        },
        ["fragment-1"] = new GreeterRouterFrame
        {
            CallId = 2,
            Start = new() { Method = SayHello, Encoding = "gzip", Authority = "router.example" },
            MessageLength = 38,
            Compressed = true,
            Fragment = ByteString.CopyFrom(Compressed[..16]),
        },
        ["fragment-2"] = new GreeterRouterFrame { CallId = 2, Fragment = ByteString.CopyFrom(Compressed[16..32]) },
        ["fragment-3"] = new GreeterRouterFrame { CallId = 2, Fragment = ByteString.CopyFrom(Compressed[32..]), HalfClose = true },
        ["credit"] = new GreeterInstanceFrame { CallId = 2, Credit = 32_778 },
        ["cancel"] = new GreeterRouterFrame { CallId = 2, Cancel = new() { Reason = CancelReason.Client } },
        ["cancel-answer"] = new GreeterInstanceFrame { CallId = 2, End = new() { Code = 1 } },
        ["ping"] = new GreeterRouterFrame { Control = new() { Ping = new() { Nonce = 300 } } },
        ["pong"] = new GreeterInstanceFrame { Control = new() { Pong = new() { Nonce = 300 } } },
        ["error"] = new GreeterRouterFrame
        {
            Control = new() { Error = new() { Code = ChannelErrorCode.Version, Message = "The router speaks version 1." } },
        },
    };

    public static TheoryData<string> Names => [.. Frames.Keys];

    [Fact]
    public void Every_dump_of_the_page_is_compared() => Assert.Equal(Frames.Keys.Order(StringComparer.Ordinal), ProtocolPage.Dumps.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_dump_is_what_the_generated_classes_write(string name)
    {
        var body = Frames[name].ToByteArray();
        var prefix = new byte[FrameField.PrefixLength];
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), (uint)body.Length);

        Assert.Equal(Hex.Of([.. prefix, .. body]), ProtocolPage.Dumps[name]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_dump_is_a_frame_to_the_fast_path(string name)
    {
        LoopRun run = new(65_536);
        run.Send(Hex.Bytes(ProtocolPage.Dumps[name]));
        run.End();

        Assert.Null(run.Error);
        Assert.Single(run.Frames);
    }

    [Fact]
    public void The_fast_path_reads_the_unary_exchange_as_the_page_explains_it()
    {
        var request = Decode("unary-request");
        Assert.True(CallStartFields.TryRead(request.Opening, out var start));
        Assert.Equal(2_000_000UL, start.TimeoutMicroseconds);
        Assert.Equal("router.example"u8.ToArray(), start.Authority.ToArray());
        Assert.True(request.HalfClose);
        Assert.Equal("Ada", HelloRequest.Parser.ParseFrom(request.Payload).Name);

        var response = Decode("unary-response");
        Assert.Equal(SayHello, response.PayloadField);
        Assert.True(response.HasEnd);
        Assert.True(response.End.IsEmpty);
    }

    [Fact]
    public void The_fragments_of_the_page_are_the_message_that_it_names()
    {
        List<byte> message = [.. Decode("fragment-1").Fragment, .. Decode("fragment-2").Fragment, .. Decode("fragment-3").Fragment];
        Assert.True(Decode("fragment-1").Compressed);
        Assert.Equal(Decode("fragment-1").MessageLength, (ulong)message.Count);
        Assert.Contains(ProtocolPage.Lines, line => line.StartsWith($"A compressed request, cut into pieces of 16 bytes for show. The {message.Count} bytes", StringComparison.Ordinal));

        using GZipStream gzip = new(new MemoryStream([.. message]), CompressionMode.Decompress);
        Assert.Equal(string.Concat(Enumerable.Repeat("Ada Lovelace, ", 8)), HelloRequest.Parser.ParseFrom(gzip).Name);
    }

    private static Frame Decode(string name)
    {
        Assert.True(FrameDecoder.TryDecode(Hex.Bytes(ProtocolPage.Dumps[name]).AsSpan(FrameField.PrefixLength), out var frame, out var error), error);
        return frame;
    }
}
