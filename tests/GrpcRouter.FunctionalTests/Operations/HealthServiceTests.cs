using System.Net;
using Grpc.Core;
using GrpcRouter.FunctionalTests.Awkward;
using GrpcRouter.Tests.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Status = GrpcRouter.Tests.Health.HealthCheckResponse.Types.ServingStatus;

namespace GrpcRouter.FunctionalTests;

public sealed class HealthServiceTests : FunctionalTest
{
    private const string Probe = "functional.Probe";
    private const string Check = "/grpc.health.v1.Health/Check";

    [Fact]
    public async Task A_service_serves_while_an_instance_takes_its_calls()
    {
        Rig rig = await StartHealthAsync();
        Health.HealthClient health = new(rig.Channel);

        Assert.Equal(Status.NotServing, (await health.CheckAsync(Of(Probe))).Status);
        Scripted instance = await rig.ScriptAsync();
        Assert.Equal(Status.Serving, (await health.CheckAsync(Of(Probe))).Status);
        await instance.SendControlAsync(new V1.InstanceControl { Drain = new V1.Drain() });
        await instance.ReceiveControlAsync(V1.RouterControl.KindOneofCase.DrainAck);
        Assert.Equal(Status.NotServing, (await health.CheckAsync(Of(Probe))).Status);
    }

    [Fact]
    public async Task The_empty_name_is_the_router_whatever_instances_it_has()
    {
        Rig rig = await StartHealthAsync();

        Assert.Equal(Status.Serving, (await new Health.HealthClient(rig.Channel).CheckAsync(Of(""))).Status);
    }

    [Fact]
    public async Task A_router_that_drains_serves_nothing_and_takes_calls_all_the_same()
    {
        Rig rig = await StartHealthAsync(instances: 1);
        Health.HealthClient health = new(rig.Channel);

        rig.Host.Hub.BeginDrain();

        Assert.Equal(Status.NotServing, (await health.CheckAsync(Of(""))).Status);
        Assert.Equal(Status.NotServing, (await health.CheckAsync(Of(Probe))).Status);
        Assert.Equal("still here", (await rig.Client.UnaryAsync(new Chunk { Text = "still here" })).Text);
    }

    [Fact]
    public async Task A_check_of_an_unknown_service_is_not_found()
    {
        Rig rig = await StartHealthAsync();

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(rig.Channel).CheckAsync(Of("functional.probe")));

        Assert.Equal((StatusCode.NotFound, RouterReasons.UnknownService), (error.StatusCode, Reasons.Of(error)));
    }

    [Fact]
    public async Task A_list_names_the_router_and_all_services()
    {
        Rig rig = await StartHealthAsync(application: static app => app.MapGrpcRouter<ClassRouter>(), instances: 1);

        HealthListResponse list = await new Health.HealthClient(rig.Channel).ListAsync(new HealthListRequest());

        Assert.Equal(
            [("", Status.Serving), (Probe, Status.Serving), (ClassRouter.Service.FullName, Status.NotServing)],
            list.Statuses.Select(static entry => (entry.Key, entry.Value.Status)).OrderBy(static entry => entry.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(99, StatusCode.OK)]
    [InlineData(100, StatusCode.ResourceExhausted)]
    public async Task A_list_has_a_hundred_entries_at_most(int services, StatusCode expected)
    {
        Rig rig = await StartHealthAsync();
        ManyRouters.Add(rig.Host.Hub, services - 1);
        AsyncUnaryCall<HealthListResponse> call = new Health.HealthClient(rig.Channel).ListAsync(new HealthListRequest());

        await Task.WhenAny(call.ResponseAsync).Soon("The list did not come.");

        Assert.Equal(expected, call.GetStatus().StatusCode);
        if (expected == StatusCode.OK)
        {
            Assert.Equal(100, (await call).Statuses.Count);
        }
    }

    [Fact]
    public async Task A_watch_tells_every_change_and_nothing_twice()
    {
        Rig rig = await StartHealthAsync();
        using AsyncServerStreamingCall<HealthCheckResponse> watch = new Health.HealthClient(rig.Channel).Watch(Of(Probe));
        Assert.Equal(Status.NotServing, (await watch.ResponseStream.NextAsync()).Status);

        Scripted first = await rig.ScriptAsync("first");
        Assert.Equal(Status.Serving, (await watch.ResponseStream.NextAsync()).Status);

        Scripted second = await rig.ScriptAsync("second");
        first.Abort();
        await Until.TrueAsync(() => rig.Router.Instances.Count == 1, "The first instance did not leave.");
        second.Abort();
        Assert.Equal(Status.NotServing, (await watch.ResponseStream.NextAsync()).Status);
    }

    [Fact]
    public async Task A_watch_of_an_unknown_service_says_so_and_goes_on()
    {
        Rig rig = await StartHealthAsync();
        using AsyncServerStreamingCall<HealthCheckResponse> watch = new Health.HealthClient(rig.Channel).Watch(Of("no.Such"));

        Assert.Equal(Status.ServiceUnknown, (await watch.ResponseStream.NextAsync()).Status);

        Task<bool> next = watch.ResponseStream.MoveNext(CancellationToken.None);
        await rig.ScriptAsync();
        Assert.Equal(Status.Serving, (await new Health.HealthClient(rig.Channel).CheckAsync(Of(Probe))).Status);
        Assert.False(next.IsCompleted);
    }

    [Theory]
    [InlineData("", Status.Serving)]
    [InlineData(Probe, Status.Serving)]
    [InlineData("no.Such", null)]
    public async Task A_watch_tells_the_drain_and_ends_with_the_shutdown(string service, Status? before)
    {
        Rig rig = await StartHealthAsync();
        await rig.ScriptAsync();
        using AsyncServerStreamingCall<HealthCheckResponse> watch = new Health.HealthClient(rig.Channel).Watch(Of(service));
        Assert.Equal(before ?? Status.ServiceUnknown, (await watch.ResponseStream.NextAsync()).Status);

        rig.Host.Hub.BeginDrain();
        if (before is not null)
        {
            Assert.Equal(Status.NotServing, (await watch.ResponseStream.NextAsync()).Status);
        }

        Task<bool> next = watch.ResponseStream.MoveNext(CancellationToken.None);
        Assert.False(next.IsCompleted);
        rig.Host.Hub.BeginShutdown();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => next.Soon("The watch did not end."));
        Assert.Equal((StatusCode.Unavailable, RouterReasons.Shutdown), (error.StatusCode, Reasons.Of(error)));
    }

    [Fact]
    public async Task A_watch_that_its_client_leaves_is_over_at_the_router()
    {
        int running = 0;
        Rig rig = await StartHealthAsync(application: app => app.Use(async (context, next) =>
        {
            Interlocked.Increment(ref running);
            try
            {
                await next(context);
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        }));
        List<AsyncServerStreamingCall<HealthCheckResponse>> watches = [.. Enumerable.Range(0, 200).Select(_ => new Health.HealthClient(rig.Channel).Watch(Of(Probe)))];
        foreach (AsyncServerStreamingCall<HealthCheckResponse> watch in watches)
        {
            await watch.ResponseStream.NextAsync();
        }

        Assert.Equal(watches.Count, Volatile.Read(ref running));
        watches.ForEach(static watch => watch.Dispose());
        await Until.TrueAsync(() => Volatile.Read(ref running) == 0, () => $"{running} watches are left.");
    }

    [Fact]
    public async Task A_watch_ends_at_its_deadline()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartHealthAsync(time: time);
        using HttpResponseMessage response = await rig.Raw.StartAsync("/grpc.health.v1.Health/Watch", new ByteArrayContent(RawClient.Message([])), ("grpc-timeout", "1M"));

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(RawClient.Message([8, 1]), await response.Content.ReadAsByteArrayAsync().Soon("The watch did not end."));
        Assert.Equal(["4"], response.TrailingHeaders.GetValues("grpc-status"));
    }

    [Theory]
    [InlineData(new byte[0], "12", RouterReasons.Cardinality)]
    [InlineData(new byte[] { 0, 0, 0 }, "13", RouterReasons.BadRequest)]
    [InlineData(new byte[] { 0, 0, 0, 0, 1 }, "13", RouterReasons.BadRequest)]
    [InlineData(new byte[] { 0, 0, 0, 0, 1, 255 }, "13", RouterReasons.BadRequest)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "12", RouterReasons.Cardinality)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, "12", RouterReasons.UnsupportedEncoding)]
    [InlineData(new byte[] { 0, 255, 255, 255, 255, 0 }, "8", RouterReasons.MessageTooLarge)]
    public async Task A_request_that_is_not_one_whole_message_is_refused(byte[] body, string status, string reason)
    {
        Rig rig = await StartHealthAsync();

        RawResponse response = await rig.Raw.CallAsync(Check, body);

        Assert.Equal((status, reason), (response.Status, response.RouterReason));
    }

    [Fact]
    public async Task A_request_that_goes_on_for_ever_is_refused_by_what_came()
    {
        Rig rig = await StartHealthAsync();
        await using Http2Peer client = await rig.OpenHttp2Async();
        (int stream, byte[] open) = client.Open(Check);

        await client.SendAsync(open, Http2Peer.Data(stream, [0, 0, 0, 64, 0, .. new byte[8192]]));

        (List<List<(string Key, string Value)>> blocks, _, _) = await client.ReceiveStreamAsync(stream);
        Assert.Contains(("grpc-status", "8"), blocks[^1]);
    }

    [Theory]
    [InlineData("/grpc.health.v1.health/Check")]
    [InlineData("/x/../grpc.health.v1.Health/Check")]
    [InlineData("/grpc.health.v1.Health/Nothing")]
    public async Task Other_paths_are_unimplemented(string path)
    {
        Rig rig = await StartHealthAsync();

        Assert.Equal("12", (await rig.Raw.CallAsync(path, RawClient.Message([]))).Status);
    }

    [Fact]
    public async Task What_is_no_grpc_call_is_an_unsupported_media_type()
    {
        Rig rig = await StartHealthAsync();

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await rig.Raw.CallAsync(Check, [], ("content-type", "text/plain"))).HttpStatus);
    }

    // A pattern beside plain paths makes routing collect route values for every call.
    [Fact]
    public async Task No_path_is_a_pattern()
    {
        Rig rig = await StartHealthAsync();

        Assert.All(
            rig.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints,
            static endpoint => Assert.Empty(Assert.IsType<RouteEndpoint>(endpoint).RoutePattern.Parameters));
    }

    [Fact]
    public async Task Health_is_there_only_when_it_is_mapped()
    {
        Rig rig = await StartAsync();

        Assert.Equal("12", (await rig.Raw.CallAsync(Check, RawClient.Message([]))).Status);
    }

    private static HealthCheckRequest Of(string service) => new() { Service = service };

    private Task<Rig> StartHealthAsync(Action<WebApplication>? application = null, int instances = 0, TimeProvider? time = null) => StartAsync(new RigOptions
    {
        Instances = instances,
        Time = time,
        Application = app =>
        {
            application?.Invoke(app);
            app.MapGrpcRouterHealth();
        },
    });
}
