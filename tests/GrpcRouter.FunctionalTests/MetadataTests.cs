using System.Text;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class MetadataTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";
    private static readonly byte[] AllBytes = [.. Enumerable.Range(0, 256).Select(static value => (byte)value)];

    [Fact]
    public async Task Repeated_keys_keep_their_order_and_empty_values_survive()
    {
        Rig rig = await StartAsync();
        string[] values = [];
        rig.Service.OnUnary = async (request, context) =>
        {
            values = [.. context.RequestHeaders.GetAll("many").Select(static entry => entry.Value)];
            await context.WriteResponseHeadersAsync(new Metadata { { "many", "x" }, { "many", "" }, { "many", "y" } });
            context.ResponseTrailers.Add("late", "1");
            context.ResponseTrailers.Add("late", "2");
            return request;
        };

        using AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk(), new Metadata { { "many", "a" }, { "many", "b" }, { "many", "" }, { "many", "a" } });
        await call;

        Assert.Equal(["a", "b", "", "a"], Split(values));
        Assert.Equal(["x", "", "y"], Split((await call.ResponseHeadersAsync).GetAll("many").Select(static entry => entry.Value)));
        Assert.Equal(["1", "2"], Split(call.GetTrailers().GetAll("late").Select(static entry => entry.Value)));

        // One field with the values joined by commas says the same (RFC 9110, section 5.2).
        static string[] Split(IEnumerable<string> fields) => [.. fields.SelectMany(static field => field.Split(',')).Select(static value => value.Trim())];
    }

    [Fact]
    public async Task Comma_joined_binary_values_pass_as_they_are()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]), ("joined-bin", "AQI,AwQ=,"));
        ProbeRouterFrame start = await instance.NextCallAsync();

        Assert.Equal("AQI,AwQ=,", Assert.Single(start.Start.Metadata, static entry => entry.Key == "joined-bin").Value.ToStringUtf8());
        await instance.SendAsync(new ProbeInstanceFrame
        {
            CallId = start.CallId,
            Headers = new CallHeaders { Metadata = { Entry("joined-bin", "BQ==,Bg") } },
            Unary = new Chunk(),
            End = new CallEnd { Trailers = { Entry("late-bin", "Bw,CA==") } },
        });
        RawResponse answer = await response;
        Assert.Equal(["BQ==,Bg"], answer.Headers["joined-bin"]);
        Assert.Equal(["Bw,CA=="], answer.Trailers["late-bin"]);
    }

    [Fact]
    public async Task Binary_values_of_all_bytes_survive_in_headers_and_trailers()
    {
        Rig rig = await StartAsync();
        byte[]? received = null;
        rig.Service.OnUnary = async (request, context) =>
        {
            received = context.RequestHeaders.GetValueBytes("all-bin");
            await context.WriteResponseHeadersAsync(new Metadata { { "all-bin", AllBytes } });
            context.ResponseTrailers.Add("late-bin", AllBytes);
            return request;
        };

        using AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk(), new Metadata { { "all-bin", AllBytes } });
        await call;

        Assert.Equal(AllBytes, received);
        Assert.Equal(AllBytes, (await call.ResponseHeadersAsync).GetValueBytes("all-bin"));
        Assert.Equal(AllBytes, call.GetTrailers().GetValueBytes("late-bin"));
    }

    [Fact]
    public async Task Fields_of_the_transport_and_of_the_router_are_not_forwarded()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> response = rig.Raw.CallAsync(
            Unary, RawClient.Message([]), ("X-Upper", "kept"), ("grpcrouter-tenant", "forged"), ("grpc-timeout", "9S"), ("grpc-accept-encoding", "gzip"), ("user-agent", "probe"));
        ProbeRouterFrame start = await instance.NextCallAsync();
        await instance.SendAsync(new ProbeInstanceFrame
        {
            CallId = start.CallId,
            Headers = new CallHeaders { Metadata = { Entry("connection", "close"), Entry("grpc-status", "3"), Entry("grpcrouter-x", "1"), Entry("kept", "1"), Entry("transfer-encoding", "chunked") } },
            Unary = new Chunk(),
            End = new CallEnd { Trailers = { Entry("te", "x"), Entry("grpc-message", "forged"), Entry("kept", "2") } },
        });
        RawResponse answer = await response;

        string[] keys = [.. start.Start.Metadata.Select(static entry => entry.Key)];
        Assert.Equal(["user-agent", "x-upper"], keys.Order(StringComparer.Ordinal));
        Assert.Equal("gzip", start.Start.AcceptEncoding);
        Assert.Equal(new Uri(rig.Address).Authority, start.Start.Authority);
        Assert.StartsWith("ipv4:127.0.0.1:", start.Start.Peer, StringComparison.Ordinal);
        Assert.Equal(["content-type", "date", "kept"], answer.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["grpc-status", "kept"], answer.Trailers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("0", answer.Status);
    }

    [Fact]
    public async Task Initial_headers_arrive_before_any_message()
    {
        Rig rig = await StartAsync();
        TaskCompletionSource goOn = new();
        rig.Service.OnDownload = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" } });
            await goOn.Task;
            await responses.WriteAsync(new Chunk { Number = 1 });
        };
        using AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());

        Metadata headers = await call.ResponseHeadersAsync.Soon("The headers wait for a message.");

        Assert.Equal("yes", headers.GetValue("early"));
        goOn.SetResult();
        Assert.Equal(1, Assert.Single(await call.ResponseStream.ToListAsync()).Number);
    }

    [Fact]
    public async Task An_immediate_error_is_trailers_only()
    {
        Rig rig = await StartAsync();
        rig.Service.OnUnary = static (_, context) =>
        {
            context.ResponseTrailers.Add("why", "because");
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "no"));
        };
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open(Unary);
        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));

        var (blocks, body, _) = await client.ReceiveStreamAsync(stream);

        List<(string Key, string Value)> block = Assert.Single(blocks);
        Assert.Contains((":status", "200"), block);
        Assert.Contains(("content-type", "application/grpc"), block);
        Assert.Contains(("grpc-status", "9"), block);
        Assert.Contains(("why", "because"), block);
        Assert.Empty(body);
    }

    [Theory]
    [InlineData(StatusCode.OK)]
    [InlineData(StatusCode.DataLoss)]
    public async Task Trailers_arrive_with_every_status(StatusCode code)
    {
        Rig rig = await StartAsync();
        rig.Service.OnDownload = async (_, responses, context) =>
        {
            await responses.WriteAsync(new Chunk());
            context.ResponseTrailers.Add("late", "yes");
            context.Status = new Status(code, "");
        };
        using AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());

        Exception? error = await Record.ExceptionAsync(() => call.ResponseStream.ToListAsync());

        Assert.Equal(code, call.GetStatus().StatusCode);
        Assert.Equal(code == StatusCode.OK, error is null);
        Assert.Equal("yes", call.GetTrailers().GetValue("late"));
    }

    internal static MetadataEntry Entry(string key, string value) => new() { Key = key, Value = ByteString.CopyFrom(value, Encoding.Latin1) };
}
