using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

public sealed class DrainTests : FunctionalTest
{
    [Fact]
    public async Task A_stream_that_watches_its_drain_token_ends_well_and_its_client_learns_why()
    {
        Rig rig = await StartAsync();
        rig.Service.OnDownload = static async (_, responses, context) =>
        {
            TaskCompletionSource leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration registration = context.GetDrainToken().Register(leaving.SetResult);
            await responses.WriteAsync(new Chunk { Text = "begun" });
            await leaving.Task;
        };
        using AsyncServerStreamingCall<Chunk> stream = rig.Client.Download(new Chunk());
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        await rig.Bridges[0].StopAsync().Soon("The instance did not leave.");

        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, stream.GetStatus().StatusCode);
        Assert.Equal("instance", stream.GetTrailers().GetValue("grpcrouter-drain"));
    }

    [Fact]
    public async Task A_call_that_is_cut_off_at_the_grace_limit_tells_its_client_that_the_instance_left()
    {
        Rig rig = await StartAsync(new RigOptions { Bridge = static options => options.StopGrace = TimeSpan.Zero });
        rig.Logs.Expect("CallsCutOff");
        rig.Service.OnUnary = static async (request, context) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            return request;
        };
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        await Until.TrueAsync(() => rig.Service.Running == 1, "The call did not start.");

        await rig.Bridges[0].StopAsync().Soon("The instance did not leave.");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("instance", error.Trailers.GetValue("grpcrouter-drain"));
    }

    [Fact]
    public async Task A_stream_on_a_router_that_leaves_ends_in_its_time_and_says_so()
    {
        Rig rig = await StartAsync(new RigOptions
        {
            // The bridge dials again, but not within this test.
            Bridge = static options =>
            {
                options.ReconnectInitialBackoff = options.ReconnectMaxBackoff = TimeSpan.FromDays(1);
                options.Random = new Late();
            },
        });
        TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Service.OnTalk = async (requests, responses, context) =>
        {
            using CancellationTokenRegistration registration = context.GetDrainToken().Register(told.SetResult);
            await foreach (Chunk request in requests.Each())
            {
                await responses.WriteAsync(request);
            }
        };
        using AsyncDuplexStreamingCall<Chunk, Chunk> stream = rig.Client.Talk();
        await stream.RequestStream.WriteAsync(new Chunk());
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        rig.Host.Hub.BeginShutdown();

        await told.Task.Soon("The handler was not told.");
        await stream.RequestStream.WriteAsync(new Chunk());
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("router", stream.GetTrailers().GetValue("grpcrouter-drain"));
    }

    private sealed class Late() : Random(0)
    {
        public override double NextDouble() => 1;
    }
}
