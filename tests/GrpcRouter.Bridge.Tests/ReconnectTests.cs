using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Bridge.Tests;

public sealed class ReconnectTests
{
    [Fact]
    public async Task Start_completes_with_the_first_registration_and_the_request_is_a_grpc_call()
    {
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, new BridgeOptions
        {
            InstanceId = "one",
            Weight = 3,
            Labels = { ["zone"] = "a" },
            PrepareRegistration = static (request, _) =>
            {
                request.Headers.Add("authorization", "Bearer token");
                return ValueTask.CompletedTask;
            },
        });
        Task started = bridge.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        Assert.Equal("HTTP/2", channel.Request.Protocol);
        Assert.Equal("application/grpc", channel.Request.ContentType);
        Assert.Equal("trailers", channel.Request.Headers.TE);
        Assert.Equal("Bearer token", channel.Request.Headers.Authorization);
        Assert.False(started.IsCompleted);
        Hello hello = await channel.RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        Assert.True(bridge.IsRegistered);
        Assert.Equal([1u], hello.Versions);
        Assert.Equal("probe.Probe", hello.Service);
        Assert.Equal("one", hello.InstanceId);
        Assert.Equal(3u, hello.Weight);
        Assert.Equal("a", hello.Labels["zone"]);
        Assert.StartsWith("grpcrouter-dotnet/", hello.UserAgent);
        Assert.True(hello.Epoch > 0);
        Assert.True(hello.MaxFrameSize >= 65_536);
    }

    [Fact]
    public async Task The_token_of_start_ends_the_wait_and_not_the_bridge()
    {
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        await using ProbeBridge bridge = new(new ProbeService(), router.Address);
        using CancellationTokenSource source = new();
        Task started = bridge.StartAsync(source.Token);
        ScriptedChannel channel = await router.AcceptAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => started);
        await channel.RegisterAsync();
        await bridge.WaitForRegisteredAsync().WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Each_stripe_and_each_router_gets_a_connection_of_its_own()
    {
        await using ScriptedRouter first = await ScriptedRouter.StartAsync();
        await using ScriptedRouter second = await ScriptedRouter.StartAsync();
        await using ProbeBridge bridge = new(new ProbeService(), first.Address, new BridgeOptions { Routers = { second.Address }, Stripes = 2 });
        Task started = bridge.StartAsync();
        HashSet<string> connections = [];
        foreach (ScriptedRouter router in new[] { first, second })
        {
            List<uint> stripes = [];
            for (int i = 0; i < 2; i++)
            {
                ScriptedChannel channel = await router.AcceptAsync();
                connections.Add(channel.Request.HttpContext.Connection.Id);
                stripes.Add((await channel.RegisterAsync()).Stripe);
            }

            Assert.Equal([0u, 1u], stripes.Order());
        }

        Assert.Equal(4, connections.Count);
        await started.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_lost_channel_is_dialed_again_with_growing_random_waits()
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(options: new BridgeOptions
        {
            TimeProvider = time,
            Random = new HalfRandom(),
            ReconnectInitialBackoff = TimeSpan.FromSeconds(100),
            ReconnectMaxBackoff = TimeSpan.FromSeconds(300),
            StablePeriod = TimeSpan.FromSeconds(10),
        });
        ScriptedChannel channel = session.Channel;
        foreach (int wait in new[] { 50, 100, 150, 150 })
        {
            channel.Abort();
            channel = await RedialAsync(session.Router, time, wait);
        }

        time.Advance(TimeSpan.FromSeconds(10));
        channel.End();
        await RedialAsync(session.Router, time, 50);
    }

    [Theory]
    [InlineData(ChannelErrorCode.Refused)]
    [InlineData(ChannelErrorCode.Version)]
    [InlineData(ChannelErrorCode.Replaced)]
    public async Task A_refusal_is_followed_by_a_long_wait(ChannelErrorCode code)
    {
        ManualTimeProvider time = new();
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, LongRefusals(time));
        _ = bridge.WaitForRegisteredAsync();
        Task started = bridge.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.ReceiveAsync();
        await channel.SendAsync(new ProbeRouterFrame
        {
            Control = new RouterControl { Error = new ChannelError { Code = code, Message = "no" } },
        });
        await RedialAsync(router, time, 75);
        await started.WaitAsync(Patience.Limit);
    }

    [Theory]
    [InlineData(401, "")]
    [InlineData(403, "")]
    [InlineData(404, "")]
    [InlineData(200, "7")]
    [InlineData(200, "12")]
    [InlineData(200, "16")]
    public async Task An_answer_that_only_a_person_can_change_is_followed_by_a_long_wait(int http, string status)
    {
        ManualTimeProvider time = new();
        int dials = 0;
        await using ScriptedRouter router = await ScriptedRouter.StartAsync(context => Task.FromResult(Answer(context, http, status, ref dials)));
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, LongRefusals(time));
        Task started = bridge.StartAsync();
        await RedialAsync(router, time, 75);
        await started.WaitAsync(Patience.Limit);
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(200, "14")]
    [InlineData(200, "8")]
    public async Task An_answer_that_passes_is_followed_by_a_short_wait(int http, string status)
    {
        ManualTimeProvider time = new();
        int dials = 0;
        await using ScriptedRouter router = await ScriptedRouter.StartAsync(context => Task.FromResult(Answer(context, http, status, ref dials)));
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, LongRefusals(time));
        Task started = bridge.StartAsync();
        await RedialAsync(router, time, 0.05);
        await started.WaitAsync(Patience.Limit);
    }

    [Theory]
    [InlineData(ChannelErrorCode.Overloaded)]
    [InlineData(ChannelErrorCode.Shutdown)]
    public async Task A_router_that_has_no_room_or_is_leaving_is_dialed_again_as_after_a_lost_network(ChannelErrorCode code)
    {
        ManualTimeProvider time = new();
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, LongRefusals(time));
        Task started = bridge.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.ReceiveAsync();
        await channel.SendAsync(new ProbeRouterFrame
        {
            Control = new RouterControl { Error = new ChannelError { Code = code, Message = "later" } },
        });
        await RedialAsync(router, time, 0.05);
        await started.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_refusal_is_logged_as_an_error_with_the_routers_words_and_without_credentials()
    {
        LogCollector log = new();
        ManualTimeProvider time = new();
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        BridgeOptions options = LongRefusals(time);
        options.LoggerFactory = log;
        options.PrepareRegistration = static (request, _) =>
        {
            request.Headers.Add("authorization", "Bearer secret-token");
            return ValueTask.CompletedTask;
        };
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, options);
        Task started = bridge.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.ReceiveAsync();
        await channel.SendAsync(new ProbeRouterFrame
        {
            Control = new RouterControl { Error = new ChannelError { Code = ChannelErrorCode.Refused, Message = "unknown tenant" } },
        });
        await RedialAsync(router, time, 75);
        await started.WaitAsync(Patience.Limit);
        (LogLevel _, string text) = Assert.Single(log.Entries, static entry => entry.Level == LogLevel.Error);
        Assert.Contains("unknown tenant", text);
        Assert.Contains("Trying again in 00:01:15", text);
        Assert.DoesNotContain(log.Entries, static entry => entry.Text.Contains("secret"));
    }

    [Fact]
    public async Task A_router_that_picks_another_version_is_refused()
    {
        ManualTimeProvider time = new();
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, LongRefusals(time));
        Task started = bridge.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.RegisterAsync(static answer => answer.Version = 2);
        await RedialAsync(router, time, 75);
        await started.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_router_that_does_not_answer_the_registration_is_given_up()
    {
        ManualTimeProvider time = new();
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, LongRefusals(time));
        Task started = bridge.StartAsync();
        ScriptedChannel silent = await router.AcceptAsync();
        await silent.ReceiveAsync();
        time.Advance(TimeSpan.FromSeconds(20));
        await silent.Closed.WaitAsync(Patience.Limit);
        await RedialAsync(router, time, 0.05);
        await started.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_router_that_gives_no_sign_of_life_is_told_and_left()
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions
            {
                TimeProvider = time,
                KeepAliveInterval = TimeSpan.FromSeconds(20),
                KeepAliveTimeout = TimeSpan.FromSeconds(10),
                Random = new HalfRandom(),
            },
            answersPings: false);
        Assert.NotNull((await session.Channel.ReceiveAsync()).Control?.Ping);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.NotNull((await session.Channel.ReceiveAsync()).Control?.Ping);
        time.Advance(TimeSpan.FromSeconds(10));
        await session.Channel.Closed.WaitAsync(Patience.Limit);
        await RedialAsync(session.Router, time, 0.05);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4.9)]
    [InlineData(5.1)]
    [InlineData(12.5)]
    public async Task A_half_open_connection_is_found_after_interval_and_timeout_whenever_it_broke(double after)
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions
            {
                TimeProvider = time,
                KeepAliveInterval = TimeSpan.FromSeconds(20),
                KeepAliveTimeout = TimeSpan.FromSeconds(10),
                LoadReportInterval = TimeSpan.Zero,
            },
            answersPings: false);
        await session.Channel.ReceiveAsync();
        time.Advance(TimeSpan.FromSeconds(after));
        Assert.Empty(await session.Channel.SettleAsync());
        time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.NotNull((await session.Channel.ReceiveAsync()).Control?.Ping);
        Assert.False(session.Channel.Closed.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await session.Channel.Closed.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_router_that_answers_pings_is_kept()
    {
        ManualTimeProvider time = new();
        await using Session session = await Session.StartAsync(options: new BridgeOptions { TimeProvider = time }, answersPings: false);
        for (int i = 0; i < 5; i++)
        {
            ProbeInstanceFrame ping = await session.Channel.ReceiveAsync();
            await session.Channel.SendAsync(new ProbeRouterFrame
            {
                Control = new RouterControl { Pong = new Pong { Nonce = ping.Control.Ping.Nonce } },
            });
            Assert.Empty(await session.Channel.SettleAsync());
            time.Advance(TimeSpan.FromSeconds(20));
        }

        await session.Channel.ReceiveAsync();
        await session.CallEchoAsync(1, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    private static BridgeOptions LongRefusals(ManualTimeProvider time) => new()
    {
        TimeProvider = time,
        Random = new HalfRandom(),
        RefusedInitialBackoff = TimeSpan.FromSeconds(100),
    };

    private static bool Answer(HttpContext context, int http, string status, ref int dials)
    {
        if (Interlocked.Increment(ref dials) > 1)
        {
            return false;
        }

        context.Response.StatusCode = http;
        context.Response.ContentType = "application/grpc";
        if (status.Length > 0)
        {
            context.Response.Headers["grpc-status"] = status;
        }

        return true;
    }

    /// <summary>Waits for the bridge to wait this long, lets the time pass, and takes the dial that follows.</summary>
    private static async Task<ScriptedChannel> RedialAsync(ScriptedRouter router, ManualTimeProvider time, double seconds)
    {
        TimeSpan wait = TimeSpan.FromSeconds(seconds);
        await time.WhenTimerAsync(due => due == wait).WaitAsync(Patience.Limit);
        time.Advance(wait);
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.RegisterAsync();
        Assert.Empty(await channel.SettleAsync());
        return channel;
    }
}
