using Google.Protobuf;
using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>The cases of gRPC's interoperability suite (grpc/doc/interop-test-descriptions.md), each through router and bridge.</summary>
public sealed class InteropCaseTests : FunctionalTest
{
    private static readonly int[] RequestSizes = [27182, 8, 1828, 45904];
    private static readonly int[] ResponseSizes = [31415, 9, 2653, 58979];

    [Fact]
    public async Task Empty_unary()
    {
        Rig rig = await StartAsync();

        Assert.Equal(0, (await rig.Client.UnaryAsync(new Chunk())).CalculateSize());
    }

    [Fact]
    public async Task Large_unary()
    {
        Rig rig = await StartAsync();
        rig.Service.OnUnary = static (request, _) => Task.FromResult(Bytes(request.Data.Length == 271828 ? 314159 : 0));

        Assert.Equal(314159, (await rig.Client.UnaryAsync(Bytes(271828))).Data.Length);
    }

    [Fact]
    public async Task Client_streaming()
    {
        Rig rig = await StartAsync();
        using AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload();
        foreach (int size in RequestSizes)
        {
            await call.RequestStream.WriteAsync(Bytes(size));
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(74922, (await call).Number);
    }

    [Fact]
    public async Task Server_streaming()
    {
        Rig rig = await StartAsync();
        rig.Service.OnDownload = static async (_, responses, _) =>
        {
            foreach (int size in ResponseSizes)
            {
                await responses.WriteAsync(Bytes(size));
            }
        };
        using AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());

        Assert.Equal(ResponseSizes, (await call.ResponseStream.ToListAsync()).Select(static reply => reply.Data.Length));
    }

    [Fact]
    public async Task Ping_pong()
    {
        Rig rig = await StartAsync();
        rig.Service.OnTalk = SizedAsync;
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        for (int i = 0; i < RequestSizes.Length; i++)
        {
            await call.RequestStream.WriteAsync(new Chunk { Number = ResponseSizes[i], Data = Bytes(RequestSizes[i]).Data });
            Assert.Equal(ResponseSizes[i], (await call.ResponseStream.NextAsync()).Data.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Empty(await call.ResponseStream.ToListAsync());
    }

    [Fact]
    public async Task Empty_stream()
    {
        Rig rig = await StartAsync();
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        await call.RequestStream.CompleteAsync();

        Assert.Empty(await call.ResponseStream.ToListAsync());
    }

    [Fact]
    public async Task Cancel_after_begin()
    {
        Rig rig = await StartAsync();
        using CancellationTokenSource cancel = new();
        using AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload(cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Cancel_after_first_response()
    {
        Rig rig = await StartAsync();
        rig.Service.OnTalk = SizedAsync;
        using CancellationTokenSource cancel = new();
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(new Chunk { Number = 31415, Data = Bytes(27182).Data });
        Assert.Equal(31415, (await call.ResponseStream.NextAsync()).Data.Length);

        await cancel.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ToListAsync())).StatusCode);
    }

    [Fact]
    public async Task Timeout_on_sleeping_server()
    {
        Rig rig = await StartAsync();
        rig.Service.OnTalk = static (_, _, context) => Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk(deadline: DateTime.UtcNow.AddMilliseconds(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ToListAsync())).StatusCode);
    }

    [Theory]
    [InlineData("test status message")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    public async Task Status_code_and_message(string message)
    {
        Rig rig = await StartAsync();
        rig.Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.Unknown, message));
        rig.Service.OnTalk = (_, _, _) => throw new RpcException(new Status(StatusCode.Unknown, message));

        Status unary = (await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()))).Status;
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        Status duplex = (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ToListAsync())).Status;

        Assert.Equal((StatusCode.Unknown, message), (unary.StatusCode, unary.Detail));
        Assert.Equal((StatusCode.Unknown, message), (duplex.StatusCode, duplex.Detail));
    }

    [Fact]
    public async Task Custom_metadata()
    {
        const string initial = "x-grpc-test-echo-initial";
        const string trailing = "x-grpc-test-echo-trailing-bin";
        Rig rig = await StartAsync();
        rig.Service.OnUnary = async (request, context) =>
        {
            await EchoAsync(context);
            return request;
        };
        rig.Service.OnTalk = async (requests, responses, context) =>
        {
            await EchoAsync(context);
            await requests.NextAsync();
            await responses.WriteAsync(new Chunk());
        };
        Metadata metadata = new() { { initial, "test_initial_metadata_value" }, { trailing, [0xAB, 0xAB, 0xAB] } };

        using AsyncUnaryCall<Chunk> unary = rig.Client.UnaryAsync(new Chunk(), metadata);
        await unary;
        using AsyncDuplexStreamingCall<Chunk, Chunk> duplex = rig.Client.Talk(metadata);
        await duplex.RequestStream.WriteAsync(new Chunk());
        await duplex.RequestStream.CompleteAsync();
        await duplex.ResponseStream.ToListAsync();

        foreach ((Metadata headers, Metadata trailers) in new[] { (await unary.ResponseHeadersAsync, unary.GetTrailers()), (await duplex.ResponseHeadersAsync, duplex.GetTrailers()) })
        {
            Assert.Equal("test_initial_metadata_value", headers.GetValue(initial));
            Assert.Equal([0xAB, 0xAB, 0xAB], trailers.GetValueBytes(trailing));
        }

        static Task EchoAsync(ServerCallContext context)
        {
            context.ResponseTrailers.Add(trailing, context.RequestHeaders.GetValueBytes(trailing)!);
            return context.WriteResponseHeadersAsync(new Metadata { { initial, context.RequestHeaders.GetValue(initial)! } });
        }
    }

    [Fact]
    public async Task Compressed_requests_and_responses()
    {
        Rig rig = await StartAsync(new RigOptions { Bridge = static options => options.ResponseCompressionAlgorithm = "gzip" });
        Metadata gzip = new() { { "grpc-internal-encoding-request", "gzip" } };

        Assert.Equal(271828, (await rig.Client.UnaryAsync(Bytes(271828), gzip)).Data.Length);
        using AsyncClientStreamingCall<Chunk, Chunk> upload = rig.Client.Upload(gzip);
        await upload.RequestStream.WriteAsync(Bytes(27182));
        upload.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await upload.RequestStream.WriteAsync(Bytes(45904));
        await upload.RequestStream.CompleteAsync();
        Assert.Equal(73086, (await upload).Number);
        rig.Service.OnDownload = static async (_, responses, _) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            await responses.WriteAsync(Bytes(31415));
            responses.WriteOptions = null;
            await responses.WriteAsync(Bytes(92653));
        };
        using AsyncServerStreamingCall<Chunk> download = rig.Client.Download(new Chunk());
        Assert.Equal([31415, 92653], (await download.ResponseStream.ToListAsync()).Select(static reply => reply.Data.Length));
    }

    [Theory]
    [InlineData("functional.Probe", "Unimplemented")]
    [InlineData("functional.Unimplemented", "Unary")]
    public async Task Unimplemented_method_and_service(string service, string method)
    {
        Rig rig = await StartAsync();
        Marshaller<Chunk> marshaller = Marshallers.Create(static chunk => chunk.ToByteArray(), Chunk.Parser.ParseFrom);
        using AsyncUnaryCall<Chunk> call = rig.Channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<Chunk, Chunk>(MethodType.Unary, service, method, marshaller, marshaller), null, default, new Chunk());

        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    private static Chunk Bytes(int size) => new() { Data = ByteString.CopyFrom(new byte[size]) };

    private static async Task SizedAsync(IAsyncStreamReader<Chunk> requests, IServerStreamWriter<Chunk> responses, ServerCallContext context)
    {
        await foreach (Chunk request in requests.Each())
        {
            await responses.WriteAsync(Bytes(request.Number));
        }
    }
}
