using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;
using Microsoft.AspNetCore.Hosting;

namespace GrpcRouter.FunctionalTests;

/// <summary>What Kestrel, HTTP/2 and timers do that must not show in calls.</summary>
public sealed class PlatformTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Theory]
    [InlineData(null, 1024 * 1024)]
    [InlineData(100_000, 8 * 1024)]
    public async Task Streams_in_both_directions_may_pass_the_servers_limit_of_a_request_body(int? limit, int size)
    {
        // 31 MiB is over Kestrel's default of 30,000,000 bytes; the second row puts a limit of the application's under the stream.
        Rig rig = await StartAsync(new RigOptions
        {
            Builder = builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = limit ?? kestrel.Limits.MaxRequestBodySize),
        });
        Chunk chunk = new() { Data = ByteString.CopyFrom(new byte[size]) };
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();

        for (int i = 0; i < 31; i++)
        {
            await call.RequestStream.WriteAsync(chunk);
            Assert.Equal(size, (await call.ResponseStream.NextAsync()).Data.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Empty(await call.ResponseStream.ToListAsync());
    }

    [Theory]
    [InlineData("/x/../functional.ProbeRouter/Register")]
    [InlineData("/functional.ProbeRouter/%52egister")]
    [InlineData("/functional.probeRouter/Register")]
    public async Task Nothing_registers_by_another_path(string path)
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        ProbeInstanceFrame hello = new()
        {
            Control = new InstanceControl
            {
                Hello = new Hello { Versions = { 1 }, Service = ProbeRouter.Service.FullName, InstanceId = "crooked", InitialWindow = 65_536, MaxFrameSize = 65_536 },
            },
        };

        RawResponse response = await rig.Raw.CallAsync(path, RawClient.Message(hello.ToByteArray()));

        Assert.Equal("12", response.Status);
        Assert.Empty(rig.Router.Instances);
    }

    [Fact]
    public async Task A_deadline_timer_that_fires_before_its_clock_says_so_is_a_deadline_all_the_same()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions
        {
            Bridge = options =>
            {
                options.TimeProvider = new EarlyTimers(time);
                options.KeepAliveInterval = TimeSpan.FromDays(1);
            },
        });
        TaskCompletionSource fired = new();
        rig.Service.OnUnary = async (request, context) =>
        {
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(fired.SetResult);
            await fired.Task;
            context.CancellationToken.ThrowIfCancellationRequested();
            return request;
        };
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]), ("grpc-timeout", "1M"));
        await Until.TrueAsync(() => rig.Service.Running == 1, "The handler did not start.");
        time.Advance(TimeSpan.FromMinutes(1) + DeadlineWheel.Tick);

        Assert.Equal("4", (await response.Soon("The call did not end.")).Status);
        await fired.Task.Soon("The handler's token did not fire.");
    }

    [Theory]
    [InlineData(" leading")]
    [InlineData("trailing ")]
    [InlineData("  at both edges  ")]
    [InlineData(" ")]
    public async Task Spaces_at_the_edges_of_a_status_message_are_encoded(string text)
    {
        Rig rig = await StartAsync();
        rig.Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, text));

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([]));

        Assert.Equal("5", response.Status);
        Assert.Equal(text, Uri.UnescapeDataString(response.Message!));
        Assert.Equal(response.Message!.Trim(), response.Message);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rig.Client.UnaryAsync(new Chunk()));
        Assert.Equal(text, error.Status.Detail);
    }

    [Fact]
    public async Task Fields_that_belong_to_one_hop_are_not_passed_to_the_instance()
    {
        Rig rig = await StartAsync();
        Metadata? seen = null;
        rig.Service.OnUnary = (request, context) =>
        {
            seen = context.RequestHeaders;
            return Task.FromResult(request);
        };
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open(
            Unary, false, ("transfer-encoding", "chunked"), ("trailer", "x"), ("content-length", "5"), ("grpcrouter-id", "forged"), ("x-mine", "kept"));

        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));

        (List<List<(string Key, string Value)>> blocks, _, bool wasReset) = await client.ReceiveStreamAsync(stream);
        Assert.False(wasReset);
        Assert.Contains(("grpc-status", "0"), blocks[^1]);
        Assert.Equal(["x-mine: kept"], seen!.Select(static entry => $"{entry.Key}: {entry.Value}"));
    }

    [Fact]
    public async Task Fields_that_belong_to_one_hop_are_not_passed_to_the_client()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        string[] fields = ["connection", "transfer-encoding", "keep-alive", "upgrade", "te", "trailer", "proxy-connection", "content-length", "grpcrouter-id"];
        Task<RawResponse> response = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();

        await instance.SendAsync(new ProbeInstanceFrame
        {
            CallId = start.CallId,
            Headers = new CallHeaders { Metadata = { fields.Select(Entry), Entry("x-mine") } },
            Unary = new Chunk(),
            End = new CallEnd { Trailers = { fields.Select(Entry), Entry("x-end") } },
        });

        RawResponse answer = await response;
        Assert.Equal("0", answer.Status);
        Assert.DoesNotContain(fields, answer.Headers.ContainsKey);
        Assert.DoesNotContain(fields, answer.Trailers.ContainsKey);
        Assert.Equal(["5"], answer.Headers["x-mine"]);
        Assert.Equal(["5"], answer.Trailers["x-end"]);

        static MetadataEntry Entry(string key) => new() { Key = key, Value = ByteString.CopyFromUtf8("5") };
    }

    [Theory]
    [InlineData("AQI,AwQ=")]
    [InlineData("AQI=,AwQ")]
    [InlineData("AQI, AwQ=")]
    public async Task Binary_values_that_come_joined_by_a_comma_are_read_one_by_one(string joined)
    {
        Rig rig = await StartAsync();
        List<byte[]> seen = [];
        rig.Service.OnUnary = (request, context) =>
        {
            seen.AddRange(context.RequestHeaders.Where(static entry => entry.Key == "k-bin").Select(static entry => entry.ValueBytes));
            return Task.FromResult(request);
        };

        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([]), ("k-bin", joined));

        Assert.Equal("0", response.Status);
        Assert.Equal([[1, 2], [3, 4]], seen);
    }

    [Fact]
    public async Task Binary_values_of_an_instance_that_come_joined_reach_the_client_as_they_are()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> call = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();
        MetadataEntry joined = new() { Key = "k-bin", Value = ByteString.CopyFrom("AQI,AwQ="u8) };

        await instance.SendAsync(new ProbeInstanceFrame
        {
            CallId = start.CallId,
            Headers = new CallHeaders { Metadata = { joined } },
            Unary = new Chunk(),
            End = new CallEnd { Trailers = { joined } },
        });

        RawResponse response = await call;
        Assert.Equal("0", response.Status);
        Assert.Equal("AQI,AwQ=", Assert.Single(response.Headers["k-bin"]));
        Assert.Equal("AQI,AwQ=", Assert.Single(response.Trailers["k-bin"]));
    }
}
