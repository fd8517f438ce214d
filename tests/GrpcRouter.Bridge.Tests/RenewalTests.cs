using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class RenewalTests
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly ManualTimeProvider time = new();
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_router_that_asks_for_it_gets_a_new_channel_before_the_old_one_is_left()
    {
        await using Session session = await StartAsync();
        Assert.Equal(["renew"], session.Hello.Features);
        Assert.False(session.Hello.Renews);
        await session.Channel.SendAsync(Renew);
        ScriptedChannel second = await session.Router.AcceptAsync();
        await session.CallEchoAsync(2, "still here");
        Hello hello = await second.RegisterAsync(CanRenew);
        Assert.True(hello.Renews);
        Assert.Equal((session.Hello.InstanceId, session.Hello.Epoch, session.Hello.Stripe), (hello.InstanceId, hello.Epoch, hello.Stripe));
        Assert.True(session.Bridge.IsRegistered);
        await FinishAsync(session.Channel, "still here");
        await CallAsync(second);
        Assert.True(session.Bridge.IsRegistered);
    }

    [Fact]
    public async Task The_bridge_leaves_a_renewed_channel_itself_and_says_so()
    {
        await using Session session = await StartAsync(answersDrains: false);
        await session.Channel.SendAsync(Renew);
        ScriptedChannel second = await session.Router.AcceptAsync();
        await second.RegisterAsync(CanRenew);
        Assert.Equal(new Drain { Reason = "The channel has been renewed." }, (await session.Channel.ReceiveAsync()).Control?.Drain);
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
        await FinishAsync(session.Channel);
    }

    [Fact]
    public async Task At_its_age_a_channel_is_renewed_and_so_is_the_next()
    {
        await using Session session = await StartAsync(Age);
        ScriptedChannel channel = session.Channel;
        release.SetResult();
        for (int i = 0; i < 3; i++)
        {
            await time.WhenTimerAsync(static wait => wait == Age).WaitAsync(Patience.Limit);
            time.Advance(Age);
            ScriptedChannel next = await session.Router.AcceptAsync();
            Assert.True((await next.RegisterAsync(CanRenew)).Renews);
            await channel.Closed.WaitAsync(Patience.Limit);
            channel = next;
        }

        await CallAsync(channel);
    }

    [Fact]
    public void Ages_are_stretched_or_shortened_by_up_to_a_tenth()
    {
        List<TimeSpan> waits = [];
        for (int seed = 0; seed < 50; seed++)
        {
            waits.Add(AgeSpread.Of(Age, new Random(seed).NextDouble()));
        }

        Assert.All(waits, static wait => Assert.InRange(wait, Age * 0.9, Age * 1.1));
        Assert.True(waits.Max() - waits.Min() > Age * 0.15);
    }

    [Fact]
    public async Task A_renewal_that_fails_leaves_the_old_channel_in_service_and_is_tried_again_after_a_wait()
    {
        LogCollector log = new();
        await using Session session = await StartAsync(log: log);
        await session.Channel.SendAsync(Renew);
        ScriptedChannel lost = await session.Router.AcceptAsync();
        lost.Abort();
        foreach ((ChannelErrorCode code, double before) in new[] { (ChannelErrorCode.Refused, 0.05), (ChannelErrorCode.Overloaded, 7.5) })
        {
            ScriptedChannel refused = await NextAsync(session, before);
            await refused.ReceiveAsync();
            await refused.SendAsync(new ProbeRouterFrame { Control = new RouterControl { Error = new ChannelError { Code = code } } });
            Assert.True(session.Bridge.IsRegistered);
        }

        await session.CallEchoAsync(2, "served meanwhile");
        ScriptedChannel next = await NextAsync(session, 0.1);
        Assert.True((await next.RegisterAsync(CanRenew)).Renews);
        await FinishAsync(session.Channel, "served meanwhile");
        Assert.Equal(3, log.Entries.Count(static entry => entry.Text.Contains("could not be renewed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_channel_that_is_lost_while_its_renewal_waits_is_dialed_as_any_lost_one()
    {
        await using Session session = await StartAsync();
        await session.Channel.SendAsync(Renew);
        (await session.Router.AcceptAsync()).Abort();
        (await NextAsync(session, 0.05)).Abort();
        await time.WhenTimerAsync(static wait => wait == TimeSpan.FromSeconds(0.1)).WaitAsync(Patience.Limit);
        session.Channel.Abort();
        ScriptedChannel next = await NextAsync(session, 0.05);
        Assert.False((await next.RegisterAsync(CanRenew)).Renews);
        release.SetResult();
        await CallAsync(next);
    }

    [Fact]
    public async Task Where_the_router_cannot_renew_an_aged_channel_is_drained_first()
    {
        await using Session session = await StartAsync(Age, canRenew: false, answersDrains: false);
        await session.Channel.SendAsync(Renew);
        Assert.Empty(await session.Channel.SettleAsync());
        Assert.False(session.Router.HasChannel);
        await time.WhenTimerAsync(static wait => wait == Age).WaitAsync(Patience.Limit);
        time.Advance(Age);
        Assert.Equal(new Drain { Reason = "The channel has reached its age." }, (await session.Channel.ReceiveAsync()).Control?.Drain);
        Assert.False(session.Router.HasChannel);
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
        ScriptedChannel second = await session.Router.AcceptAsync();
        Assert.False((await second.RegisterAsync()).Renews);
        await FinishAsync(session.Channel);
        await CallAsync(second);
    }

    [Fact]
    public async Task A_bridge_that_stops_does_not_wait_for_a_renewal_nor_for_the_calls_of_a_renewed_channel()
    {
        await using Session session = await StartAsync();
        await session.Channel.SendAsync(Renew);
        ScriptedChannel second = await session.Router.AcceptAsync();
        await second.RegisterAsync(CanRenew);
        await second.SendAsync(Renew);
        await session.Router.AcceptAsync();
        using CancellationTokenSource hurry = new();
        Task stopping = session.Bridge.StopAsync(hurry.Token);
        await hurry.CancelAsync();
        Assert.Equal((uint)Grpc.Core.StatusCode.Unavailable, (await session.Channel.ReceiveEndAsync(1)).Code);
        release.SetResult();
        await stopping.WaitAsync(Patience.Limit);
    }

    private static ProbeRouterFrame Renew => new() { Control = new RouterControl { Renew = new Renew { Reason = "test" } } };

    private static void CanRenew(Registered answer) => answer.Features.Add("renew");

    /// <summary>A session with call 1 under way until it is released.</summary>
    private async Task<Session> StartAsync(TimeSpan? age = null, bool canRenew = true, bool answersDrains = true, LogCollector? log = null)
    {
        Session session = await Session.StartAsync(
            options: new BridgeOptions
            {
                TimeProvider = time,
                Random = new HalfRandom(),
                KeepAliveInterval = TimeSpan.FromDays(1),
                MaxChannelAge = age ?? Timeout.InfiniteTimeSpan,
                LoggerFactory = log,
            },
            registered: canRenew ? CanRenew : null,
            answersDrains: answersDrains);
        session.Service.OnEcho = async (request, _) =>
        {
            await release.Task;
            return request;
        };
        await session.CallEchoAsync(1, "old");
        Assert.Empty(await session.Channel.SettleAsync());
        return session;
    }

    private async Task FinishAsync(ScriptedChannel channel, string? also = null)
    {
        Assert.False(channel.Closed.IsCompleted);
        release.SetResult();
        string[] expected = also is null ? ["old"] : ["old", also];
        List<string> answers = [];
        while (answers.Count < expected.Length)
        {
            answers.Add((await channel.ReceiveAsync()).Echo.Value);
        }

        Assert.Equal(expected, answers.Order(StringComparer.Ordinal));

        await channel.Closed.WaitAsync(Patience.Limit);
    }

    private static async Task CallAsync(ScriptedChannel channel)
    {
        await channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart(), Echo = new Text { Value = "new" }, HalfClose = true });
        Assert.Equal("new", (await channel.ReceiveAsync()).Echo.Value);
    }

    private async Task<ScriptedChannel> NextAsync(Session session, double seconds)
    {
        TimeSpan wait = TimeSpan.FromSeconds(seconds);
        await time.WhenTimerAsync(due => due == wait).WaitAsync(Patience.Limit);
        Assert.False(session.Router.HasChannel);
        time.Advance(wait);
        return await session.Router.AcceptAsync();
    }
}
