using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class DeadlineTests
{
    [Fact]
    public async Task A_call_that_outlives_its_deadline_is_ended_and_canceled()
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(options: new BridgeOptions { TimeProvider = time });
        TaskCompletionSource<CancellationToken> entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, context) =>
        {
            entered.SetResult(context.CancellationToken);
            await release.Task;
            context.CancellationToken.ThrowIfCancellationRequested();
            return request;
        };
        await session.CallEchoAsync(1, "", static start => start.TimeoutUs = 1_500_000);
        CancellationToken token = await entered.Task.WaitAsync(Patience.Limit);
        time.Advance(TimeSpan.FromMilliseconds(1_499));
        Assert.Empty(await session.Channel.SettleAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((uint)StatusCode.DeadlineExceeded, end.Code);
        release.SetResult();
        await session.Bridge.WhenHandlersAreGoneAsync();
        Assert.True(token.IsCancellationRequested);
        Assert.Empty(await session.Channel.SettleAsync());
    }

    [Fact]
    public async Task The_deadline_is_now_plus_the_time_left()
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(options: new BridgeOptions { TimeProvider = time });
        List<DateTime> deadlines = [];
        session.Service.OnEcho = (request, context) =>
        {
            deadlines.Add(context.Deadline);
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "", static start => start.TimeoutUs = 2_000_000);
        await session.Channel.ReceiveAsync();
        await session.CallEchoAsync(2, "");
        await session.Channel.ReceiveAsync();
        Assert.Equal([time.GetUtcNow().UtcDateTime.AddSeconds(2), DateTime.MaxValue], deadlines);
        Assert.Equal(DateTimeKind.Utc, deadlines[0].Kind);
    }

    [Fact]
    public async Task A_call_that_ends_in_time_leaves_no_timer()
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(options: new BridgeOptions { TimeProvider = time });
        int before = time.TimerCount;
        for (ulong id = 1; id <= 100; id++)
        {
            await session.CallEchoAsync(id, "", static start => start.TimeoutUs = 60_000_000);
            await session.Channel.ReceiveAsync();
        }

        await session.Bridge.WhenHandlersAreGoneAsync();

        // The one timer of all deadlines stops at its next tick, when it finds none.
        time.Advance(DeadlineWheel.Tick);
        Assert.Equal(before, time.TimerCount);
    }

    [Fact]
    public async Task A_call_that_expired_on_the_way_never_reaches_the_handler()
    {
        await using Session session = await Session.StartAsync();
        bool reached = false;
        session.Service.OnEcho = (request, _) =>
        {
            reached = true;
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "", static start => start.TimeoutUs = 0);
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((uint)StatusCode.DeadlineExceeded, end.Code);
        Assert.True(end.NotDispatched);
        Assert.False(reached);
        Assert.Equal(0, session.Bridge.LiveCalls);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(99_999_999ul * 3_600 * 1_000_000)]
    public async Task A_huge_timeout_does_not_overflow(ulong microseconds)
    {
        await using Session session = await Session.StartAsync();
        DateTime deadline = default;
        session.Service.OnEcho = (request, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "hello", start => start.TimeoutUs = microseconds);
        Assert.Equal("hello", (await session.Channel.ReceiveAsync()).Echo.Value);
        Assert.InRange(deadline, DateTime.UtcNow.AddYears(50), DateTime.MaxValue);
    }

    [Fact]
    public async Task An_exception_of_cancellation_without_a_cancel_is_the_handlers_own()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static (_, _) => throw new OperationCanceledException("mine");
        await session.CallEchoAsync(1, "");
        Assert.Equal((uint)StatusCode.Unknown, (await session.Channel.ReceiveEndAsync(1)).Code);
    }
}
