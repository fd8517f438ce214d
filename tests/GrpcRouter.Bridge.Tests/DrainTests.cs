using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class DrainTests
{
    [Fact]
    public async Task Stopping_drains_serves_on_until_the_ack_and_lets_running_calls_end()
    {
        await using Session session = await Session.StartAsync(answersDrains: false);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        await session.CallEchoAsync(1, "before");
        Task stopping = session.Bridge.StopAsync();
        Assert.NotNull((await session.Channel.ReceiveAsync()).Control?.Drain);
        await session.CallEchoAsync(2, "between");
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
        Assert.Empty(await session.Channel.SettleAsync());
        Assert.Equal(TaskStatus.WaitingForActivation, stopping.Status);
        release.SetResult();
        string[] answers = [(await session.Channel.ReceiveAsync()).Echo.Value, (await session.Channel.ReceiveAsync()).Echo.Value];
        Assert.Equal(["before", "between"], answers.Order());
        await session.Channel.Closed.WaitAsync(Patience.Limit);
        await stopping.WaitAsync(Patience.Limit);
        Assert.False(session.Bridge.IsRegistered);
    }

    [Fact]
    public async Task A_call_started_after_the_ack_is_a_violation()
    {
        await using Session session = await Session.StartAsync(answersDrains: false);
        HoldCalls(session);
        await session.CallEchoAsync(1, "");
        Task stopping = session.Bridge.StopAsync();
        Assert.NotNull((await session.Channel.ReceiveAsync()).Control?.Drain);
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
        await session.CallEchoAsync(2, "");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal(ChannelErrorCode.Violation, frame.Control?.Error?.Code);
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task An_ack_that_nobody_asked_for_is_ignored()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
        await session.CallEchoAsync(1, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task Calls_that_outlive_the_grace_end_unavailable()
    {
        ManualTimeProvider time = new();
        TimeSpan grace = TimeSpan.FromSeconds(7);
        await using Session session = await Session.StartAsync(options: new BridgeOptions { TimeProvider = time, StopGrace = grace });
        TaskCompletionSource<bool> fired = HoldCalls(session);
        await session.CallEchoAsync(1, "");
        Assert.Empty(await session.Channel.SettleAsync());
        Task stopping = session.Bridge.StopAsync();
        await time.WhenTimerAsync(wait => wait == grace).WaitAsync(Patience.Limit);
        time.Advance(grace);
        Assert.Equal((uint)StatusCode.Unavailable, (await session.Channel.ReceiveEndAsync(1)).Code);
        Assert.True(await fired.Task.WaitAsync(Patience.Limit));
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task The_hosts_token_cuts_the_grace_short()
    {
        await using Session session = await Session.StartAsync();
        HoldCalls(session);
        await session.CallEchoAsync(1, "");
        using CancellationTokenSource hurry = new();
        Task stopping = session.Bridge.StopAsync(hurry.Token);
        Assert.Empty(await session.Channel.SettleAsync());
        await hurry.CancelAsync();
        Assert.Equal((uint)StatusCode.Unavailable, (await session.Channel.ReceiveEndAsync(1)).Code);
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Stopping_reaches_a_router_that_never_acknowledges()
    {
        ManualTimeProvider time = new();
        TimeSpan grace = TimeSpan.FromSeconds(7);
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions { TimeProvider = time, StopGrace = grace }, answersDrains: false);
        Task stopping = session.Bridge.StopAsync();
        Assert.NotNull((await session.Channel.ReceiveAsync()).Control?.Drain);
        time.Advance(grace);
        await session.Channel.Closed.WaitAsync(Patience.Limit);
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_bridge_that_never_reached_a_router_stops_at_once()
    {
        ProbeBridge bridge = new(new ProbeService(), "http://127.0.0.1:1", new BridgeOptions { TimeProvider = new ManualTimeProvider() });
        Task started = bridge.StartAsync();
        await bridge.StopAsync().WaitAsync(Patience.Limit);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => started);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bridge.StartAsync());
    }

    [Fact]
    public async Task A_router_that_drains_is_acknowledged_dialed_anew_and_left_when_its_calls_are_done()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        await session.CallEchoAsync(1, "old");
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { Drain = new Drain { Reason = "test" } } });
        Assert.NotNull((await session.Channel.ReceiveAsync()).Control?.DrainAck);
        ScriptedChannel second = await session.Router.AcceptAsync();
        Hello hello = await second.RegisterAsync();
        Assert.Equal(session.Hello.InstanceId, hello.InstanceId);
        Assert.Equal(session.Hello.Epoch, hello.Epoch);
        Assert.False(session.Channel.Closed.IsCompleted);
        release.SetResult();
        Assert.Equal("old", (await session.Channel.ReceiveAsync()).Echo.Value);
        await session.Channel.Closed.WaitAsync(Patience.Limit);
        await second.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart(), Echo = new Text { Value = "new" }, HalfClose = true });
        Assert.Equal("new", (await second.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task Notice_is_given_before_the_drain_and_what_it_takes_is_not_left_for_calls()
    {
        ManualTimeProvider time = new();
        TimeSpan notice = TimeSpan.FromSeconds(3);
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions { TimeProvider = time, StopGrace = TimeSpan.FromSeconds(7), DrainNotice = notice }, answersDrains: false, showsLoad: true);
        CancellationToken drains = default;
        session.Service.OnEcho = (request, context) =>
        {
            drains = context.GetDrainToken();
            return Task.FromResult(request);
        };
        Task stopping = session.Bridge.StopAsync();
        LoadReport report = await session.Channel.ReceiveLoadAsync();
        Assert.Equal((HealthStatus.Draining, "The instance is stopping."), (report.Health, report.HealthReason));
        await session.CallEchoAsync(1, "pinned");
        Assert.Equal("pinned", (await session.Channel.ReceiveAsync()).Echo.Value);
        await time.WhenTimerAsync(wait => wait == notice).WaitAsync(Patience.Limit);
        Assert.False(drains.IsCancellationRequested);
        TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        drains.Register(told.SetResult);
        time.Advance(notice);
        await told.Task.WaitAsync(Patience.Limit);
        Assert.Equal(4_000_000ul, (await session.Channel.ReceiveAsync()).Control?.Drain?.GraceUs);
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task The_hosts_token_cuts_the_notice_short()
    {
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions { StopGrace = TimeSpan.FromDays(2), DrainNotice = TimeSpan.FromDays(1) }, showsLoad: true);
        using CancellationTokenSource hurry = new();
        Task stopping = session.Bridge.StopAsync(hurry.Token);
        Assert.Equal(HealthStatus.Draining, (await session.Channel.ReceiveLoadAsync()).Health);
        await hurry.CancelAsync();
        await session.Channel.Closed.WaitAsync(Patience.Limit);
        await stopping.WaitAsync(Patience.Limit);
    }

    private static TaskCompletionSource<bool> HoldCalls(Session session)
    {
        TaskCompletionSource<bool> fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, context) =>
        {
            TaskCompletionSource canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(canceled.SetResult);
            await canceled.Task;
            fired.SetResult(true);
            return request;
        };
        return fired;
    }
}
