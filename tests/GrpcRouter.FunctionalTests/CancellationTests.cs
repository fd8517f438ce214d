using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class CancellationTests : FunctionalTest
{
    private static readonly Chunk Large = new() { Data = ByteString.CopyFrom(new byte[1024 * 1024]) };

    [Theory]
    [InlineData(MethodType.Unary)]
    [InlineData(MethodType.ClientStreaming)]
    [InlineData(MethodType.ServerStreaming)]
    [InlineData(MethodType.DuplexStreaming)]
    public async Task The_handlers_token_fires_when_the_client_cancels(MethodType shape)
    {
        Rig rig = await StartAsync();
        TaskCompletionSource started = new();
        TaskCompletionSource canceled = new();
        rig.Service.OnUnary = async (request, context) =>
        {
            await WaitAsync(context);
            return request;
        };
        rig.Service.OnUpload = async (_, context) =>
        {
            await WaitAsync(context);
            return new Chunk();
        };
        rig.Service.OnDownload = (_, _, context) => WaitAsync(context);
        rig.Service.OnTalk = (_, _, context) => WaitAsync(context);
        using CancellationTokenSource cancel = new();
        Task call = CallAsync(rig.Client, shape, cancel.Token);
        await started.Task.Soon("The handler did not start.");

        await cancel.CancelAsync();

        await canceled.Task.Soon("The handler's token did not fire.");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await rig.WhenIdleAsync();

        async Task WaitAsync(ServerCallContext context)
        {
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(canceled.SetResult);
            started.SetResult();
            await canceled.Task;
            context.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task The_instance_is_told_that_the_client_cancelled_and_its_end_frees_the_id()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        ProbeRouterFrame start = await instance.NextCallAsync();

        call.Dispose();

        ProbeRouterFrame cancel = await instance.ReceiveUntilAsync(static frame => frame.Cancel is not null);
        Assert.Equal(start.CallId, cancel.CallId);
        Assert.Equal(CancelReason.Client, cancel.Cancel.Reason);
        await Until.TrueAsync(() => rig.Router.ActiveCalls == 0, "The call is still active.");
        Assert.Equal(1, Assert.Single(rig.Router.Instances).ActiveCalls);
        await instance.EndAsync(start.CallId, 1);
        await Until.TrueAsync(() => Assert.Single(rig.Router.Instances).ActiveCalls == 0, "The id is still taken.");
    }

    [Fact]
    public async Task The_loss_of_a_clients_connection_cancels_all_its_calls()
    {
        const int calls = 50;
        Rig rig = await StartAsync();
        int canceled = 0;
        rig.Service.OnDownload = async (_, _, context) =>
        {
            TaskCompletionSource token = new();
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(token.SetResult);
            await token.Task;
            Interlocked.Increment(ref canceled);
        };
        await using Http2Peer client = await rig.OpenHttp2Async();
        for (int i = 0; i < calls; i++)
        {
            (int stream, byte[] open) = client.Open("/functional.Probe/Download");
            await client.SendAsync(open, Http2Peer.Data(stream, RawClient.Message([]), endStream: true));
        }

        await Until.TrueAsync(() => rig.Service.Running == calls, () => $"Only {rig.Service.Running} calls started.");
        client.Kill();

        await rig.WhenIdleAsync();
        Assert.Equal(calls, canceled);
    }

    [Fact]
    public async Task A_lost_instance_ends_its_calls_unavailable_and_no_others()
    {
        Rig rig = await StartAsync();
        TaskCompletionSource release = new();
        rig.Service.OnUnary = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        Scripted doomed = await rig.ScriptAsync("doomed");
        AsyncUnaryCall<Chunk>[] calls = [.. Enumerable.Range(0, 20).Select(_ => rig.Client.UnaryAsync(new Chunk()))];
        await Until.TrueAsync(() => rig.Service.Running == 10, "Half of the calls did not reach the bridge.");
        for (int i = 0; i < 10; i++)
        {
            await doomed.NextCallAsync();
        }

        doomed.Abort();
        await Until.TrueAsync(() => rig.Router.ActiveCalls == 10, () => $"{rig.Router.ActiveCalls} calls are active.");
        release.SetResult();

        int lost = 0;
        foreach (AsyncUnaryCall<Chunk> call in calls)
        {
            try
            {
                await call;
            }
            catch (RpcException error)
            {
                Assert.Equal(StatusCode.Unavailable, error.StatusCode);
                Assert.Equal(RouterReasons.InstanceLost, Reasons.Of(error));
                lost++;
            }
        }

        Assert.Equal(10, lost);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_cancel_that_races_with_the_end_has_one_outcome_and_leaves_nothing(int seed)
    {
        Rig rig = await StartAsync();
        Random random = new(seed);
        for (int round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => (Spin: random.Next(0, 4000), Shape: (MethodType)random.Next(0, 4))).Select(async plan =>
            {
                using CancellationTokenSource cancel = new();
                Task call = CallAsync(rig.Client, plan.Shape, cancel.Token, half: true);
                await Task.Yield();
                Thread.SpinWait(plan.Spin);
                await cancel.CancelAsync();
                Exception? error = await Record.ExceptionAsync(() => call.Soon("The call has no outcome."));
                Assert.True(error is null or RpcException { StatusCode: StatusCode.Cancelled }, error?.ToString());
            }));
        }

        await rig.WhenIdleAsync();
        await Until.TrueAsync(() => Assert.Single(rig.Router.Instances).ActiveCalls == 0, "Ids are left on the channel.");
        Assert.Equal("after", (await rig.Client.UnaryAsync(new Chunk { Text = "after" })).Text);
    }

    [Fact]
    public async Task A_call_that_waits_for_credit_can_be_cancelled()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync(change: static hello => hello.InitialWindow = 16 * 1024);
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(Large);
        ProbeRouterFrame start = await instance.NextCallAsync();

        call.Dispose();

        ProbeRouterFrame cancel = await instance.ReceiveUntilAsync(static frame => frame.Cancel is not null);
        Assert.Equal(start.CallId, cancel.CallId);
        await instance.EndAsync(start.CallId, 1);
        await rig.WhenIdleAsync();
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task Calls_that_wait_in_the_queue_of_a_stuck_channel_can_be_cancelled()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted stuck = await rig.ScriptAsync(change: static hello => hello.InitialWindow = int.MaxValue);
        AsyncUnaryCall<Chunk>[] calls = [.. Enumerable.Range(0, 40).Select(_ => rig.Client.UnaryAsync(Large))];
        await Until.TrueAsync(() => rig.Router.ActiveCalls == 40, "The calls did not reach the router.");

        foreach (AsyncUnaryCall<Chunk> call in calls)
        {
            call.Dispose();
        }

        await rig.WhenIdleAsync();
        stuck.Abort();
    }

    private static async Task CallAsync(Probe.ProbeClient client, MethodType shape, CancellationToken token, bool half = false)
    {
        switch (shape)
        {
            case MethodType.Unary:
                await client.UnaryAsync(new Chunk(), cancellationToken: token);
                break;
            case MethodType.ClientStreaming:
                using (AsyncClientStreamingCall<Chunk, Chunk> call = client.Upload(cancellationToken: token))
                {
                    await CompleteAsync(call.RequestStream);
                    await call;
                }

                break;
            case MethodType.ServerStreaming:
                using (AsyncServerStreamingCall<Chunk> call = client.Download(new Chunk { Number = 3 }, cancellationToken: token))
                {
                    await call.ResponseStream.ToListAsync();
                }

                break;
            default:
                using (AsyncDuplexStreamingCall<Chunk, Chunk> call = client.Talk(cancellationToken: token))
                {
                    await CompleteAsync(call.RequestStream);
                    await call.ResponseStream.ToListAsync();
                }

                break;
        }

        async Task CompleteAsync(IClientStreamWriter<Chunk> requests)
        {
            if (half)
            {
                await requests.WriteAsync(new Chunk());
                await requests.CompleteAsync();
            }
        }
    }
}
