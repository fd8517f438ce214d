using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

/// <summary>What Kestrel, HTTP/2 and other clients do that a router must not stumble over.</summary>
public sealed class TrapTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Fact]
    public async Task An_upload_beyond_the_size_limit_of_kestrel_passes()
    {
        const int size = 31_000_000;
        Rig rig = await StartAsync(new RigOptions { Bridge = static options => options.MaxReceiveMessageSize = null });
        using AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload();
        Chunk large = new() { Data = ByteString.CopyFrom(new byte[1_000_000]) };
        for (int sent = 0; sent < size; sent += large.Data.Length)
        {
            await call.RequestStream.WriteAsync(large);
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(size, (await call).Number);
    }

    [Fact]
    public async Task A_stream_that_rests_survives_a_data_rate_that_cuts_others()
    {
        MinDataRate strict = new(bytesPerSecond: 1_000_000, gracePeriod: TimeSpan.FromMilliseconds(1100));
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Builder = builder => builder.WebHost.ConfigureKestrel(options => options.Limits.MinRequestBodyDataRate = strict),
            Application = static app => app.MapPost("/control", static async context => await context.Request.Body.CopyToAsync(Stream.Null)),
        });
        Scripted instance = await rig.ScriptAsync();
        using AsyncDuplexStreamingCall<Chunk, Chunk> call = rig.Client.Talk();
        await call.RequestStream.WriteAsync(new Chunk { Text = "before" });
        ulong id = (await instance.NextCallAsync()).CallId;

        // The control rests just as long, under the rate that the server was told: it is cut when the time has come.
        using RawClient other = new(rig.Address);
        using PieceContent body = new();
        body.Write([1]);
        await Assert.ThrowsAnyAsync<Exception>(() => other.SendAsync("/control", body));

        await call.RequestStream.WriteAsync(new Chunk { Text = "after" });
        Assert.Equal("after", (await instance.ReceiveUntilAsync(static frame => frame.Talk?.Text == "after")).Talk.Text);
        await instance.EndAsync(id);
        Assert.Empty(await call.ResponseStream.ToListAsync());
    }

    [Fact]
    public async Task The_server_has_no_data_rates_and_room_for_many_streams()
    {
        Rig rig = await StartAsync();

        KestrelServerLimits limits = rig.Host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Null(limits.MinRequestBodyDataRate);
        Assert.Null(limits.MinResponseDataRate);
        Assert.Null(limits.MaxRequestBodySize);
        Assert.True(limits.Http2.MaxStreamsPerConnection >= 1000);
    }

    [Theory]
    [InlineData("/x/../functional.Probe/Unary")]
    [InlineData("/functional.Probe/./Unary")]
    [InlineData("/functional%2EProbe/Unary")]
    [InlineData("/%66unctional.Probe/Unary")]
    [InlineData("/functional.Probe/%55nary")]
    [InlineData("/functional.Probe/Unary?x=1")]
    [InlineData("/functional.Probe/Unary/")]
    [InlineData("/functional.ProbeRouter/../functional.Probe/Unary")]
    public async Task A_path_that_only_decodes_to_a_method_does_not_reach_it(string path)
    {
        Rig rig = await StartAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open(path);
        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));

        var (blocks, _, reset) = await client.ReceiveStreamAsync(stream);

        Assert.Equal(0, rig.Service.Started);
        Assert.True(reset || !blocks[0].Contains((":status", "200")) || blocks[0].Contains(("grpc-status", "12")));
    }

    [Theory]
    [InlineData("Talk")]
    [InlineData("Upload")]
    [InlineData("Unary")]
    public async Task An_end_of_stream_just_before_a_reset_is_a_cancellation(string method)
    {
        Rig rig = await StartAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        for (int i = 0; i < 50; i++)
        {
            (int stream, byte[] open) = client.Open($"/functional.Probe/{method}");

            // As grpc-js cancels: both frames in one packet.
            await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true), Http2Peer.Reset(stream));
        }

        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => rig.Router.Instances.Single().ActiveCalls == 0, "Ids are left on the channel.");
        Assert.Equal("on", (await rig.Client.UnaryAsync(new Chunk { Text = "on" })).Text);
    }

    [Fact]
    public async Task A_cancel_that_follows_the_half_close_reaches_the_handler()
    {
        Rig rig = await StartAsync();
        TaskCompletionSource started = new();
        TaskCompletionSource canceled = new();
        rig.Service.OnTalk = async (_, _, context) =>
        {
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(canceled.SetResult);
            started.SetResult();
            await canceled.Task;
        };
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open("/functional.Probe/Talk");
        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([])));
        await started.Task.Soon("The handler did not start.");

        await client.SendAsync(Http2Peer.Data(stream, [], endStream: true), Http2Peer.Reset(stream));

        await canceled.Task.Soon("The handler was not cancelled.");
    }

    [Fact]
    public async Task Five_hundred_calls_at_once_share_one_connection()
    {
        const int calls = 500;
        Rig rig = await StartAsync();
        TaskCompletionSource release = new();
        rig.Service.OnUnary = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        await using Http2Peer client = await rig.OpenHttp2Async();
        for (int i = 0; i < calls; i++)
        {
            (int stream, byte[] open) = client.Open(Unary);
            await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        }

        await Until.TrueAsync(() => rig.Service.Running == calls, () => $"{rig.Service.Running} of {calls} calls are running.");
        release.SetResult();
        int ended = 0;
        while (ended < calls && await client.ReceiveAsync() is { } frame)
        {
            ended += frame.EndsStream ? 1 : 0;
        }

        Assert.Equal(calls, ended);
    }

    [Fact]
    public async Task The_response_of_a_hostile_instance_breaks_no_neighbour_on_the_connection()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int good, byte[] openGood) = client.Open(Unary);
        await client.SendAsync(openGood, Http2Peer.Data(good, RawClient.Message([]), endStream: true));
        ulong goodId = (await instance.NextCallAsync()).CallId;
        foreach (CallEnd end in (CallEnd[])
        [
            new() { Code = 2, Message = new string('m', 200_000) },
            new() { Code = uint.MaxValue, Message = "\r\n\0" },
            new() { Trailers = { MetadataTests.Entry("x", "a\r\nb") } },
            new() { Trailers = { MetadataTests.Entry("", "") } },
            new() { Trailers = { Enumerable.Range(0, 600).Select(static i => MetadataTests.Entry($"k{i}", "v")) } },
        ])
        {
            (int bad, byte[] openBad) = client.Open(Unary);
            await client.SendAsync(openBad, Http2Peer.Data(bad, RawClient.Message([]), endStream: true));
            ulong badId = (await instance.NextCallAsync()).CallId;
            await instance.SendAsync(new ProbeInstanceFrame { CallId = badId, Unary = new Chunk(), End = end });
            var (blocks, _, reset) = await client.ReceiveStreamAsync(bad);
            Assert.False(reset);
            Assert.Contains(blocks[^1], static field => field.Key == "grpc-status" && field.Value != "0");
        }

        await instance.SendAsync(new ProbeInstanceFrame { CallId = goodId, Unary = new Chunk(), End = new CallEnd() });
        var (answer, _, _) = await client.ReceiveStreamAsync(good);
        Assert.Contains(("grpc-status", "0"), answer[^1]);
    }
}
