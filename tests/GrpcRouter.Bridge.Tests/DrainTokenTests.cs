using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class DrainTokenTests
{
    [Fact]
    public async Task A_stream_that_watches_its_drain_token_ends_by_itself_when_the_bridge_stops()
    {
        await using Session session = await StartAsync();
        Task stopping = session.Bridge.StopAsync();
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal("told", frames[0].Count.Value);
        Assert.Equal(0u, frames[^1].End.Code);
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task It_fires_when_the_router_drains_the_channel_and_not_for_calls_of_the_next()
    {
        await using Session session = await StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { Control = new RouterControl { Drain = new Drain { Reason = "test" } } });
        ScriptedChannel second = await session.Router.AcceptAsync();
        await second.RegisterAsync();
        Assert.Equal("told", (await session.Channel.ReceiveCallAsync(1))[0].Count.Value);
        await session.Channel.Closed.WaitAsync(Patience.Limit);
        session.Service.OnEcho = static (_, context) => Task.FromResult(new Text { Value = $"{context.GetDrainToken().IsCancellationRequested}" });
        await second.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart(), Echo = new Text(), HalfClose = true });
        Assert.Equal("False", (await second.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task It_is_found_behind_a_context_that_an_interceptor_put_around()
    {
        BridgeOptions options = new();
        options.Interceptors.Add<Wrapping>();
        await using Session session = await Session.StartAsync(options: options);
        session.Service.OnEcho = static (_, context) =>
            Task.FromResult(new Text { Value = $"{context is Wrapped} {context.GetDrainToken().CanBeCanceled}" });
        await session.CallEchoAsync(1, "");
        Assert.Equal("True True", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public void A_context_of_somebody_else_has_none() => Assert.Equal(CancellationToken.None, new Wrapped(null).GetDrainToken());

    [Fact]
    public async Task A_callback_that_throws_is_logged_and_harms_nobody()
    {
        LogCollector log = new();
        await using Session session = await Session.StartAsync(options: new BridgeOptions { LoggerFactory = log });
        TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource other = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, context) =>
        {
            context.GetDrainToken().Register(static () => throw new InvalidOperationException("mine"));
            context.GetDrainToken().Register(other.SetResult);
            running.SetResult();
            await other.Task;
            return request;
        };
        await session.CallEchoAsync(1, "on");
        await running.Task.WaitAsync(Patience.Limit);
        Task stopping = session.Bridge.StopAsync();
        Assert.Equal("on", (await session.Channel.ReceiveAsync()).Echo.Value);
        await stopping.WaitAsync(Patience.Limit);
        Assert.True(SpinWait.SpinUntil(() => log.Entries.Any(static entry => entry.Text.Contains("drain token", StringComparison.Ordinal)), Patience.Limit));
    }

    /// <summary>A session with a stream under way that goes on until it is told to leave.</summary>
    private static async Task<Session> StartAsync()
    {
        Session session = await Session.StartAsync();
        TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnCount = async (_, responses, context) =>
        {
            TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration registration = context.GetDrainToken().Register(told.SetResult);
            running.SetResult();
            await told.Task;
            await responses.WriteAsync(new Text { Value = "told" });
        };
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart(), Count = new Text(), HalfClose = true });
        await running.Task.WaitAsync(Patience.Limit);
        return session;
    }

    private sealed class Wrapping : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) => continuation(request, new Wrapped(context));
    }

    private sealed class Wrapped(ServerCallContext? inner) : ServerCallContext
    {
        protected override string MethodCore => inner!.Method;

        protected override string HostCore => inner!.Host;

        protected override string PeerCore => inner!.Peer;

        protected override DateTime DeadlineCore => inner!.Deadline;

        protected override Metadata RequestHeadersCore => inner!.RequestHeaders;

        protected override CancellationToken CancellationTokenCore => inner!.CancellationToken;

        protected override Metadata ResponseTrailersCore => inner!.ResponseTrailers;

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => inner!.AuthContext;

        protected override IDictionary<object, object> UserStateCore => inner?.UserState ?? new Dictionary<object, object>();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => inner!.WriteResponseHeadersAsync(responseHeaders);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();
    }
}
