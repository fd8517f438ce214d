using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class CompressionTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_compressed_request_is_read(string encoding)
    {
        await using Session session = await Session.StartAsync();
        await SendCompressedAsync(session, new string('x', 100_000), encoding, encoding);
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal("100000", frame.Collect.Value);
    }

    [Fact]
    public async Task An_unsupported_encoding_is_unimplemented_and_told_what_is()
    {
        await using Session session = await Session.StartAsync();
        await SendCompressedAsync(session, "x", "gzip", "snappy");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal((uint)StatusCode.Unimplemented, frame.End.Code);
        Assert.Equal("identity,gzip,deflate", frame.Headers.AcceptEncoding);
        await session.Bridge.WhenHandlersAreGoneAsync();
        Assert.Empty(await session.Channel.SettleAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("identity")]
    public async Task A_compressed_message_without_an_encoding_is_internal(string encoding)
    {
        await using Session session = await Session.StartAsync();
        await SendCompressedAsync(session, "x", "gzip", encoding);
        Assert.Equal((uint)StatusCode.Internal, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task Bytes_that_are_no_gzip_are_internal()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20003, Encoding = "gzip" } });
        await session.Channel.SendAsync(FrameExtensions.Fragments(1, [1, 2, 3, 4], 100, compressed: true).Single());
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        Assert.Equal((uint)StatusCode.Internal, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task A_message_that_grows_over_the_limit_is_refused_while_it_grows()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { MaxReceiveMessageSize = 64 * 1024 });
        await SendCompressedAsync(session, new string('x', 30_000_000), "gzip", "gzip");
        Assert.Equal((uint)StatusCode.ResourceExhausted, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task An_empty_compressed_message_is_a_message()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnCollect = static async (requests, _) =>
        {
            Assert.True(await requests.MoveNext(CancellationToken.None));
            Assert.Equal("", requests.Current.Value);
            return new Text { Value = (await requests.MoveNext(CancellationToken.None)).ToString() };
        };
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            CallId = 1, Start = new CallStart { Method = 20003, Encoding = "gzip" }, MessageLength = 0, Compressed = true, HalfClose = true,
        });
        Assert.Equal("False", (await session.Channel.ReceiveAsync()).Collect?.Value);
    }

    [Fact]
    public async Task Responses_are_compressed_when_set_and_accepted()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { ResponseCompressionAlgorithm = "gzip" });
        await session.CallEchoAsync(1, new string('x', 10_000), static start => start.AcceptEncoding = "identity, gzip");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal("gzip", frame.Headers.Encoding);
        Assert.True(frame.Compressed);
        Assert.Equal((ulong)frame.Fragment.Length, frame.MessageLength);
        Assert.InRange(frame.Fragment.Length, 1, 1_000);
        Assert.Equal(10_000, Text.Parser.ParseFrom(Decompress(frame.Fragment.ToByteArray())).Value.Length);
    }

    [Fact]
    public async Task Responses_are_not_compressed_for_a_client_that_does_not_accept_it()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { ResponseCompressionAlgorithm = "gzip" });
        await session.CallEchoAsync(1, "x", static start => start.AcceptEncoding = "identity,gzipped");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal("x", frame.Echo.Value);
        Assert.Null(frame.Headers);
    }

    [Fact]
    public async Task A_message_flagged_NoCompress_travels_as_it_is()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { ResponseCompressionAlgorithm = "gzip" });
        session.Service.OnCount = static async (request, responses, _) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            await responses.WriteAsync(request);
            responses.WriteOptions = null;
            await responses.WriteAsync(request);
        };
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            CallId = 1, Start = new CallStart { Method = 20002, AcceptEncoding = "gzip" }, Count = new Text { Value = "x" }, HalfClose = true,
        });
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal("gzip", frames[0].Headers.Encoding);
        Assert.Equal("x", frames[0].Count.Value);
        Assert.True(frames[1].Compressed);
        Assert.Null(frames[1].Headers);
    }

    [Fact]
    public async Task A_handler_may_ask_for_an_encoding_by_a_response_header()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static async (request, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
            return request;
        };
        await session.CallEchoAsync(1, "x", static start => start.AcceptEncoding = "gzip");
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal("gzip", frames[0].Headers.Encoding);
        Assert.Empty(frames[0].Headers.Metadata);
        Assert.True(frames[1].Compressed);
    }

    private static async Task SendCompressedAsync(Session session, string value, string format, string encoding)
    {
        session.Service.OnCollect = static async (requests, _) =>
        {
            Assert.True(await requests.MoveNext(CancellationToken.None));
            return new Text { Value = requests.Current.Value.Length.ToString() };
        };
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20003, Encoding = encoding } });
        using MemoryStream compressed = new();
        await using (Stream stream = format == "gzip"
            ? new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true)
            : new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            new Text { Value = value }.WriteTo(stream);
        }

        foreach (ProbeRouterFrame fragment in FrameExtensions.Fragments(1, compressed.ToArray(), 16_384, compressed: true))
        {
            await session.Channel.SendAsync(fragment);
        }

        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
    }

    private static byte[] Decompress(byte[] bytes)
    {
        using GZipStream stream = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream plain = new();
        stream.CopyTo(plain);
        return plain.ToArray();
    }
}
