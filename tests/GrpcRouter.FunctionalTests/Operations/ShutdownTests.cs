using System.Text;
using Grpc.Core;
using GrpcRouter.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

public sealed class ShutdownTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Fact]
    public async Task A_host_that_stops_tells_clients_and_instances_and_lets_running_calls_finish()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.DrainGrace = TimeSpan.FromSeconds(7) });
        Scripted instance = await rig.ScriptAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open(Unary);
        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        ulong call = (await instance.NextCallAsync()).CallId;

        Task stopped = StopAsync(rig);

        Assert.Equal(7_000_000UL, (await instance.ReceiveControlAsync(RouterControl.KindOneofCase.Drain)).Drain.GraceUs);
        Assert.Equal(Http2Frame.GoAway, (await client.ReceiveAsync())?.Type);
        Assert.False(stopped.IsCompleted);
        await instance.SendAsync(new ProbeInstanceFrame { CallId = call, Unary = new Chunk { Text = "done" }, End = new CallEnd() });
        (List<List<(string Key, string Value)>> blocks, byte[] body, _) = await client.ReceiveStreamAsync(stream);
        Assert.Contains(("grpc-status", "0"), blocks[^1]);
        Assert.EndsWith("done", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        await client.DisposeAsync();
        await stopped.Soon("The host did not stop.");
    }

    [Fact]
    public async Task Calls_go_on_between_the_failing_of_health_and_the_refusal()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Time = time, Instances = 0, Router = static options => options.DrainDelay = TimeSpan.FromSeconds(15) });
        Scripted instance = await rig.ScriptAsync();

        Task delayed = time.WhenTimerAsync(static due => due == TimeSpan.FromSeconds(15));
        Task stopped = StopAsync(rig);
        await delayed.Soon("The delay did not begin.");

        Assert.Equal((true, false), (rig.Host.Hub.Draining, rig.Host.Hub.Stopping));
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
        using AsyncDuplexStreamingCall<Chunk, Chunk> open = rig.Client.Talk();
        ulong call = (await instance.NextCallAsync()).CallId;
        time.Advance(TimeSpan.FromSeconds(15));
        await instance.ReceiveControlAsync(RouterControl.KindOneofCase.Drain);
        Assert.True(rig.Host.Hub.Stopping);
        await instance.EndAsync(call);
        Assert.Empty(await open.ResponseStream.ToListAsync());
        open.Dispose();
        await stopped.Soon("The host did not stop.");
    }

    [Fact]
    public async Task Calls_that_outlive_the_grace_end_unavailable_and_the_host_stops()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Time = time, Instances = 0, Router = static options => options.DrainGrace = TimeSpan.FromSeconds(25) });
        rig.Logs.Expect("CallsCut");
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> unary = rig.Client.UnaryAsync(new Chunk());
        await instance.NextCallAsync();
        using AsyncDuplexStreamingCall<Chunk, Chunk> stream = rig.Client.Talk();
        await instance.NextCallAsync();

        Task stopped = StopAsync(rig);
        await instance.ReceiveControlAsync(RouterControl.KindOneofCase.Drain);
        time.Advance(TimeSpan.FromSeconds(24));
        Assert.Equal(2, rig.Router.ActiveCalls);
        time.Advance(TimeSpan.FromSeconds(1));

        await stopped.Soon("The host did not stop.");
        RpcException first = await Assert.ThrowsAsync<RpcException>(async () => await unary);
        RpcException second = await Assert.ThrowsAsync<RpcException>(async () => await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.All(
            new[] { first, second },
            static error =>
            {
                Assert.Equal((StatusCode.Unavailable, RouterReasons.Shutdown), (error.StatusCode, Reasons.Of(error)));
                Assert.Equal("router", error.Trailers.GetValue("grpcrouter-drain"));
            });
        Assert.Equal(StatusCode.Unavailable, (await instance.ReceiveEndAsync()).StatusCode);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_does_not_keep_the_host_from_stopping()
    {
        Rig rig = await StartAsync(Hasty());
        rig.Logs.Expect("CallsCut");
        Scripted instance = await rig.ScriptAsync();
        await using Http2Peer client = await rig.OpenHttp2Async(window: 0);
        (int stream, byte[] open) = client.Open("/functional.Probe/Download");
        await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        ulong call = (await instance.NextCallAsync()).CallId;
        for (int i = 0; i < 4; i++)
        {
            await instance.SendAsync(new ProbeInstanceFrame { CallId = call, Download = new Chunk { Data = Google.Protobuf.ByteString.CopyFrom(new byte[16_000]) } });
        }

        await StopAsync(rig).Soon("The host did not stop.");

        await Until.TrueAsync(() => rig.Router.ActiveCalls == 0, "The call is still there.");
    }

    [Fact]
    public async Task A_client_that_never_finishes_its_request_does_not_keep_the_host_from_stopping()
    {
        Rig rig = await StartAsync(Hasty());
        rig.Logs.Expect("CallsCut");
        await rig.ScriptAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        (_, byte[] open) = client.Open(Unary);
        await client.SendAsync(open);
        await Until.TrueAsync(() => rig.Router.ActiveCalls == 1, "The call did not come.");

        await StopAsync(rig).Soon("The host did not stop.");

        await Until.TrueAsync(() => rig.Router.ActiveCalls == 0, "The call is still there.");
    }

    [Fact]
    public void The_host_gets_the_time_that_the_router_takes()
    {
        TimeSpan timeout = Timeout(static builder => builder.Services.AddGrpcRouter(static options =>
        {
            options.DrainDelay = TimeSpan.FromSeconds(10);
            options.DrainGrace = TimeSpan.FromMinutes(1);
        }));

        Assert.Equal(TimeSpan.FromSeconds(75), timeout);
    }

    [Fact]
    public void The_hosts_default_stands_where_it_is_enough() =>
        Assert.Equal(TimeSpan.FromSeconds(30), Timeout(static builder => builder.Services.AddGrpcRouter()));

    [Fact]
    public void What_the_application_says_of_the_hosts_time_stands()
    {
        TimeSpan timeout = Timeout(static builder =>
        {
            builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
            builder.Services.AddGrpcRouter();
        });

        Assert.Equal(TimeSpan.FromSeconds(3), timeout);
    }

    [Fact]
    public async Task A_grace_that_does_not_fit_into_the_hosts_time_is_cut_to_what_does()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            Instances = 0,
            Router = static options => options.DrainGrace = TimeSpan.FromSeconds(60),
            Builder = static builder => builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(50)),
        });
        rig.Logs.Expect("GraceCut");
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        ulong id = (await instance.NextCallAsync()).CallId;

        Task stopped = StopAsync(rig);

        Assert.Equal(45_000_000UL, (await instance.ReceiveControlAsync(RouterControl.KindOneofCase.Drain)).Drain.GraceUs);
        await instance.EndAsync(id, 9);
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await stopped.Soon("The host did not stop.");
    }

    [Fact]
    public async Task Options_of_a_service_that_is_not_mapped_are_warned_of()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.Service("functional.Prober").WaitForReady = true });

        rig.Logs.Expect("ServiceNotMapped");
        Assert.Contains("functional.Prober", Assert.Single(rig.Logs.Texts("ServiceNotMapped")), StringComparison.Ordinal);
    }

    private static RigOptions Hasty() => new()
    {
        Instances = 0,
        Router = static options => options.DrainGrace = TimeSpan.Zero,
        Builder = static builder => builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(2)),
    };

    // On another thread, because the host does not return before it must.
    private static Task StopAsync(Rig rig) => Task.Run(() => rig.Host.Services.GetRequiredService<IHost>().StopAsync());

    private static TimeSpan Timeout(Action<WebApplicationBuilder> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        configure(builder);
        return builder.Services.BuildServiceProvider().GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }
}
