using System.IO.Compression;
using System.Text;

namespace GrpcRouter.Client.Tests;

public sealed class CompressionTests
{
    private static readonly CallOptions Gzip = new(new Metadata { { "grpc-internal-encoding-request", "gzip" } });

    [Fact]
    public async Task A_compressed_response_is_decompressed()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.Headers["grpc-encoding"] = "gzip";
            await call.WriteFrameAsync(ServedCall.Gzip("hello"u8.ToArray()), flag: 1);
            call.End();
        });

        Assert.Equal("hello", await server.CreateInvoker().One().ResponseAsync.Soon());
    }

    [Fact]
    public async Task A_response_may_mix_compressed_and_plain_messages()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.Headers["grpc-encoding"] = "gzip";
            await call.WriteFrameAsync(ServedCall.Gzip("one"u8.ToArray()), flag: 1);
            await call.WriteAsync("two");
            await call.WriteFrameAsync([], flag: 1);
            call.End();
        });
        using var call = server.CreateInvoker().Split();

        Assert.Equal(["one", "two", ""], await call.ResponseStream.ReadAllAsync().Soon());
    }

    [Fact]
    public async Task A_request_is_compressed_when_the_call_asks_for_it()
    {
        (bool Compressed, byte[] Payload)? frame = null;
        string? encoding = null;
        var internalHeader = true;
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            encoding = call.RequestHeaders["grpc-encoding"];
            internalHeader = call.RequestHeaders.ContainsKey("grpc-internal-encoding-request");
            frame = await call.ReadFrameAsync();
            await UnaryCallTests.Echo(call);
        });
        var request = new string('x', 10_000);
        await server.CreateInvoker().One(request, Gzip).ResponseAsync.Soon();

        Assert.Equal("gzip", encoding);
        Assert.False(internalHeader);
        Assert.True(frame!.Value.Compressed);
        Assert.True(frame.Value.Payload.Length < 1000);
        Assert.Equal(request, Encoding.UTF8.GetString(ServedCall.Gunzip(frame.Value.Payload)));
    }

    [Fact]
    public async Task A_message_may_opt_out_of_compression()
    {
        List<bool> compressed = [];
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            while (await call.ReadFrameAsync() is { } frame)
            {
                compressed.Add(frame.Compressed);
            }

            await call.WriteAsync("done");
            call.End();
        });
        using var call = server.CreateInvoker().Collect(Gzip);
        await call.RequestStream.WriteAsync("one").Soon();
        call.RequestStream.WriteOptions = new(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync("two").Soon();
        call.RequestStream.WriteOptions = null;
        await call.RequestStream.WriteAsync("three").Soon();
        await call.RequestStream.CompleteAsync().Soon();
        await call.ResponseAsync.Soon();

        Assert.Equal([true, false, true], compressed);
    }

    [Fact]
    public async Task A_call_may_opt_out_of_compression()
    {
        var compressed = true;
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            compressed = (await call.ReadFrameAsync())!.Value.Compressed;
            await UnaryCallTests.Echo(call);
        });
        await server.CreateInvoker().One("hello", Gzip.WithWriteOptions(new(WriteFlags.NoCompress))).ResponseAsync.Soon();

        Assert.False(compressed);
    }

    [Fact]
    public async Task An_empty_message_is_sent_plain()
    {
        var compressed = true;
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            compressed = (await call.ReadFrameAsync())!.Value.Compressed;
            await UnaryCallTests.Echo(call);
        });
        await server.CreateInvoker().One("", Gzip).ResponseAsync.Soon();

        Assert.False(compressed);
    }

    [Fact]
    public async Task An_encoding_that_the_channel_lacks_fails_the_call_without_sending_it()
    {
        var reached = false;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            reached = true;
            return UnaryCallTests.Echo(call);
        });
        CallOptions options = new(new Metadata { { "grpc-internal-encoding-request", "zstd" } });
        using var chat = server.CreateInvoker().Chat(options);

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One(options: options).ResponseAsync));
        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => chat.RequestStream.WriteAsync("x")));
        Assert.False(reached);
    }

    [Fact]
    public async Task A_response_in_an_encoding_nobody_offered_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.Headers["grpc-encoding"] = "zstd";
            await call.WriteFrameAsync([1], flag: 1);
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_compressed_message_without_a_named_encoding_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteFrameAsync(ServedCall.Gzip([1]), flag: 1);
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public async Task A_message_that_is_no_gzip_is_an_internal_error(int brokenAt)
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.Headers["grpc-encoding"] = "gzip";
            var payload = ServedCall.Gzip("hello hello hello"u8.ToArray());
            payload.AsSpan(brokenAt).Fill(0xFF);
            await call.WriteFrameAsync(payload, flag: 1);
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(20)]
    public async Task A_compressed_message_that_was_cut_is_an_internal_error(int missing)
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.Headers["grpc-encoding"] = "gzip";
            await call.WriteFrameAsync(ServedCall.Gzip([.. Enumerable.Range(0, 1000).Select(i => (byte)(i * i))])[..^missing], flag: 1);
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task Providers_of_the_channels_are_offered_and_used()
    {
        string? accepted = null;
        (bool Compressed, byte[] Payload)? frame = null;
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            accepted = call.RequestHeaders["grpc-accept-encoding"];
            frame = await call.ReadFrameAsync();
            call.Http.Response.Headers["grpc-encoding"] = "br";
            await call.WriteFrameAsync(frame!.Value.Payload, flag: 1);
            call.End();
        });
        CallOptions options = new(new Metadata { { "grpc-internal-encoding-request", "br" } });
        var invoker = server.CreateInvoker(new() { CompressionProviders = [new Brotli()] });

        Assert.Equal("hello", await invoker.One("hello", options).ResponseAsync.Soon());
        Assert.Equal("identity,br", accepted);
        Assert.True(frame!.Value.Compressed);
    }

    private sealed class Brotli : ICompressionProvider
    {
        public string EncodingName => "br";

        public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
            new BrotliStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

        public Stream CreateDecompressionStream(Stream stream) => new BrotliStream(stream, CompressionMode.Decompress);
    }
}
