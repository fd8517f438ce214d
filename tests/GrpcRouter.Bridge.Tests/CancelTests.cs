using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class CancelTests
{
    [Theory]
    [InlineData(CancelReason.Unspecified, StatusCode.Cancelled)]
    [InlineData(CancelReason.Client, StatusCode.Cancelled)]
    [InlineData(CancelReason.Deadline, StatusCode.DeadlineExceeded)]
    [InlineData(CancelReason.Limit, StatusCode.ResourceExhausted)]
    [InlineData(CancelReason.Violation, StatusCode.Internal)]
    [InlineData(CancelReason.Router, StatusCode.Unavailable)]
    public async Task A_cancel_fires_the_token_and_ends_the_call_once(CancelReason reason, StatusCode code)
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<bool> fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, context) =>
        {
            entered.SetResult();
            await WhenCanceledAsync(context.CancellationToken);
            fired.SetResult(context.CancellationToken.IsCancellationRequested);
            return request;
        };
        await session.CallEchoAsync(1, "");
        await entered.Task.WaitAsync(Patience.Limit);
        await session.Channel.SendAsync(Cancel(1, reason));
        Assert.Equal((uint)code, (await session.Channel.ReceiveEndAsync(1)).Code);
        Assert.True(await fired.Task.WaitAsync(Patience.Limit));
        await session.Bridge.WhenHandlersAreGoneAsync();
        Assert.Empty(await session.Channel.SettleAsync());
        Assert.Equal(0, session.Bridge.LiveCalls);
    }

    [Fact]
    public async Task A_token_asked_for_after_the_cancel_has_fired()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<bool> fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, context) =>
        {
            entered.SetResult();
            await ended.Task;
            fired.SetResult(context.CancellationToken.IsCancellationRequested);
            return request;
        };
        await session.CallEchoAsync(1, "");
        await entered.Task.WaitAsync(Patience.Limit);
        await session.Channel.SendAsync(Cancel(1));
        await session.Channel.ReceiveEndAsync(1);
        ended.SetResult();
        Assert.True(await fired.Task.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_cancel_wakes_a_read()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Exception?> failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnChat = async (requests, _, _) =>
        {
            Task<bool> read = requests.MoveNext(CancellationToken.None);
            entered.SetResult();
            failure.SetResult(await Record.ExceptionAsync(() => read));
        };
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20004));
        await entered.Task.WaitAsync(Patience.Limit);
        await session.Channel.SendAsync(Cancel(1));
        Assert.IsType<OperationCanceledException>(await failure.Task.WaitAsync(Patience.Limit));
        Assert.Equal((uint)StatusCode.Cancelled, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task A_cancel_wakes_a_write_that_waits_for_credit()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.InitialWindow = 16_384);
        TaskCompletionSource<Exception?> failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnChat = async (_, responses, _) =>
            failure.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(new Text { Value = new string('x', 30_000) })));
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20004));
        Assert.Equal(16_379, (await session.Channel.ReceiveAsync()).Fragment.Length);
        await session.Channel.SendAsync(Cancel(1));
        Assert.IsType<OperationCanceledException>(await failure.Task.WaitAsync(Patience.Limit));
        Assert.Equal((uint)StatusCode.Cancelled, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task A_call_canceled_before_its_handler_ran_still_gets_its_end()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20001 }, Cancel = new CallCancel() });
        Assert.Equal((uint)StatusCode.Cancelled, (await session.Channel.ReceiveEndAsync(1)).Code);
        Assert.Equal(0, session.Bridge.LiveCalls);
    }

    [Fact]
    public async Task A_cancel_of_an_unknown_call_is_ignored()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(Cancel(99));
        await session.CallEchoAsync(1, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task A_cancel_that_races_with_completion_gives_one_end()
    {
        await using Session session = await Session.StartAsync();
        const int Count = 1_000;
        Task sending = Task.Run(async () =>
        {
            for (ulong id = 1; id <= Count; id++)
            {
                await session.CallEchoAsync(id, "x");
                await session.Channel.SendAsync(Cancel(id));
            }
        });
        HashSet<ulong> ended = [];
        while (ended.Count < Count)
        {
            ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
            Assert.True(ended.Add(frame.CallId), $"call {frame.CallId} ended twice");
            Assert.Equal(frame.End.Code == 0, frame.ResponseCase == ProbeInstanceFrame.ResponseOneofCase.Echo);
        }

        await sending;
        Assert.Empty(await session.Channel.SettleAsync());
        Assert.Equal(0, session.Bridge.LiveCalls);
        await session.Bridge.WhenHandlersAreGoneAsync();
    }

    [Fact]
    public async Task An_id_is_free_again_after_its_end()
    {
        await using Session session = await Session.StartAsync();
        for (int i = 0; i < 500; i++)
        {
            await session.CallEchoAsync(1, i.ToString());
            Assert.Equal(i.ToString(), (await session.Channel.ReceiveAsync()).Echo.Value);
        }
    }

    [Fact]
    public async Task Losing_the_channel_cancels_its_calls_and_leaves_nothing()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Exception?> read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnChat = async (requests, _, context) =>
        {
            entered.SetResult();
            read.SetResult(await Record.ExceptionAsync(() => requests.MoveNext(CancellationToken.None)));
            Assert.True(context.CancellationToken.IsCancellationRequested);
        };
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20004));
        await entered.Task.WaitAsync(Patience.Limit);
        session.Channel.Abort();
        Assert.IsType<OperationCanceledException>(await read.Task.WaitAsync(Patience.Limit));
        await session.Bridge.WhenHandlersAreGoneAsync();
        Assert.Equal(0, session.Bridge.LiveCalls);
    }

    [Fact]
    public async Task A_callback_that_throws_on_the_token_harms_nobody()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, context) =>
        {
            if (request.Value == "")
            {
                context.CancellationToken.Register(static () => throw new InvalidOperationException("from a callback"));
                entered.SetResult();
                await WhenCanceledAsync(context.CancellationToken);
            }

            return request;
        };
        await session.CallEchoAsync(1, "");
        await entered.Task.WaitAsync(Patience.Limit);
        await session.Channel.SendAsync(Cancel(1));
        await session.Channel.ReceiveEndAsync(1);
        await session.CallEchoAsync(2, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    private static ProbeRouterFrame Cancel(ulong callId, CancelReason reason = CancelReason.Client) =>
        new() { CallId = callId, Cancel = new CallCancel { Reason = reason } };

    private static async Task WhenCanceledAsync(CancellationToken token)
    {
        TaskCompletionSource canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(canceled.SetResult);
        await canceled.Task;
    }
}
