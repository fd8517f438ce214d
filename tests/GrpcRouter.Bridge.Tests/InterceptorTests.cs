using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Interceptors_wrap_all_four_kinds_the_first_outermost()
    {
        List<string> log = [];
        BridgeOptions options = new();
        options.Interceptors.Add<LoggingInterceptor>(log, "outer");
        options.Interceptors.Add(typeof(LoggingInterceptor), log, "inner");
        await using Session session = await Session.StartAsync(options: options);
        await session.CallEchoAsync(1, "");
        await session.Channel.ReceiveEndAsync(1);
        for (uint method = 20002; method <= 20004; method++)
        {
            ProbeRouterFrame frame = new() { CallId = method, Start = new CallStart { Method = method }, HalfClose = true };
            if (method == 20002)
            {
                frame.Count = new Text { Value = "0" };
            }

            await session.Channel.SendAsync(frame);
            Assert.Equal(0u, (await session.Channel.ReceiveEndAsync(method)).Code);
        }

        Assert.Equal(
            [
                "outer>Unary", "inner>Unary", "inner<Unary", "outer<Unary",
                "outer>ServerStreaming", "inner>ServerStreaming", "inner<ServerStreaming", "outer<ServerStreaming",
                "outer>ClientStreaming", "inner>ClientStreaming", "inner<ClientStreaming", "outer<ClientStreaming",
                "outer>DuplexStreaming", "inner>DuplexStreaming", "inner<DuplexStreaming", "outer<DuplexStreaming",
            ],
            log);
    }

    [Fact]
    public async Task Each_call_gets_an_interceptor_of_its_own_which_is_disposed_after_it()
    {
        List<string> log = [];
        BridgeOptions options = new();
        options.Interceptors.Add<DisposableInterceptor>(log);
        await using Session session = await Session.StartAsync(options: options);
        for (ulong id = 1; id <= 2; id++)
        {
            await session.CallEchoAsync(id, "");
            await session.Channel.ReceiveEndAsync(id);
            await session.Bridge.WhenHandlersAreGoneAsync();
        }

        Assert.Equal(["made", "disposed", "made", "disposed"], log);
    }

    [Fact]
    public async Task An_interceptor_may_end_the_call_itself()
    {
        BridgeOptions options = new();
        options.Interceptors.Add<RefusingInterceptor>();
        await using Session session = await Session.StartAsync(options: options);
        await session.CallEchoAsync(1, "");
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((uint)StatusCode.PermissionDenied, end.Code);
        Assert.Equal("not you", end.Message);
    }

    [Fact]
    public async Task An_interceptor_may_put_a_context_of_its_own_around_the_call()
    {
        List<string> log = [];
        BridgeOptions options = new();
        options.Interceptors.Add<WrappingInterceptor>();
        options.Interceptors.Add<LoggingInterceptor>(log, "inner");
        await using Session session = await Session.StartAsync(options: options);
        session.Service.OnEcho = static (_, context) => Task.FromResult(new Text { Value = context.GetType().Name });
        await session.CallEchoAsync(1, "");
        Assert.Equal("WrappedContext", (await session.Channel.ReceiveAsync()).Echo.Value);
        Assert.Equal(2, log.Count);
    }

    [Theory]
    [InlineData(typeof(string))]
    [InlineData(typeof(Interceptor))]
    public void A_type_that_is_no_interceptor_is_refused(Type type) =>
        Assert.Throws<ArgumentException>(() => new BridgeOptions().Interceptors.Add(type));

    private sealed class LoggingInterceptor(List<string> log, string name) : Interceptor
    {
        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            log.Add(name + ">Unary");
            TResponse response = await continuation(request, context);
            log.Add(name + "<Unary");
            return response;
        }

        public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Add(name + ">ServerStreaming");
            await continuation(request, responseStream, context);
            log.Add(name + "<ServerStreaming");
        }

        public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Add(name + ">ClientStreaming");
            TResponse response = await continuation(requestStream, context);
            log.Add(name + "<ClientStreaming");
            return response;
        }

        public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            log.Add(name + ">DuplexStreaming");
            await continuation(requestStream, responseStream, context);
            log.Add(name + "<DuplexStreaming");
        }
    }

    private sealed class DisposableInterceptor : Interceptor, IDisposable
    {
        private readonly List<string> log;

        public DisposableInterceptor(List<string> log)
        {
            this.log = log;
            log.Add("made");
        }

        public void Dispose() => log.Add("disposed");
    }

    private sealed class RefusingInterceptor : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.PermissionDenied, "not you"));
    }

    private sealed class WrappingInterceptor : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            continuation(request, new WrappedContext(context));
    }

    private sealed class WrappedContext(ServerCallContext inner) : ServerCallContext
    {
        protected override string MethodCore => inner.Method;

        protected override string HostCore => inner.Host;

        protected override string PeerCore => inner.Peer;

        protected override DateTime DeadlineCore => inner.Deadline;

        protected override Metadata RequestHeadersCore => inner.RequestHeaders;

        protected override CancellationToken CancellationTokenCore => inner.CancellationToken;

        protected override Metadata ResponseTrailersCore => inner.ResponseTrailers;

        protected override Status StatusCore { get => inner.Status; set => inner.Status = value; }

        protected override WriteOptions? WriteOptionsCore { get => inner.WriteOptions; set => inner.WriteOptions = value; }

        protected override AuthContext AuthContextCore => inner.AuthContext;

        protected override IDictionary<object, object> UserStateCore => inner.UserState;

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => inner.WriteResponseHeadersAsync(responseHeaders);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            inner.CreatePropagationToken(options);
    }
}
