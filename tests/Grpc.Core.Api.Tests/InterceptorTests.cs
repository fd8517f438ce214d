using Echo;
using Grpc.Core.Interceptors;

namespace Grpc.Core.Api.Tests;

public sealed class InterceptorTests
{
    private readonly List<string> _log = [];
    private readonly FakeCallInvoker _invoker;

    public InterceptorTests() => _invoker = new(_log);

    [Fact]
    public void Interceptors_given_together_run_in_their_order()
    {
        var invoker = _invoker.Intercept(new LoggingInterceptor("first", _log), new LoggingInterceptor("second", _log));
        new Echoes.EchoesClient(invoker).One(new());

        Assert.Equal(["first blocking One", "second blocking One", "blocking Unary One"], _log);
    }

    [Fact]
    public void An_interceptor_added_later_runs_first()
    {
        var invoker = _invoker.Intercept(new LoggingInterceptor("inner", _log)).Intercept(new LoggingInterceptor("outer", _log));
        new Echoes.EchoesClient(invoker).One(new());

        Assert.Equal(["outer blocking One", "inner blocking One", "blocking Unary One"], _log);
    }

    [Fact]
    public async Task An_interceptor_sees_every_kind_of_call()
    {
        Echoes.EchoesClient client = new(_invoker.Intercept(new LoggingInterceptor("seen", _log)));
        client.One(new());
        await client.OneAsync(new());
        client.Split(new()).Dispose();
        client.Collect().Dispose();
        client.Chat().Dispose();

        Assert.Equal(
            ["seen blocking One", "seen unary One", "seen server streaming Split", "seen client streaming Collect", "seen duplex Chat"],
            _log.Where(line => line.StartsWith("seen", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_metadata_function_changes_every_kind_of_call()
    {
        Echoes.EchoesClient client = new(_invoker.Intercept(headers =>
        {
            headers.Add("token", "t");
            return headers;
        }));

        foreach (var call in new Func<Task>[]
        {
            () => Task.FromResult(client.One(new())),
            async () => await client.OneAsync(new()),
            () => Task.FromResult(client.Split(new())),
            async () => await client.Collect(),
            () => Task.FromResult(client.Chat()),
        })
        {
            await call();
            Assert.Equal("t", Assert.Single(_invoker.Options.Headers!).Value);
        }
    }

    [Fact]
    public void An_interceptor_may_change_host_and_options()
    {
        new Echoes.EchoesClient(_invoker.Intercept(new ChangingInterceptor())).One(new());

        Assert.Equal("changed", _invoker.Host);
        Assert.True(_invoker.Options.IsWaitForReady);
    }

    [Fact]
    public async Task A_server_side_interceptor_sees_every_kind_of_call()
    {
        LoggingInterceptor interceptor = new("seen", _log);
        EchoService service = new();
        FakeServerCallContext context = new();
        ListWriter split = new();
        ListWriter chat = new();

        var one = await interceptor.UnaryServerHandler(new Words { Text = "a" }, context, service.One);
        var all = await interceptor.ClientStreamingServerHandler<Words, Words>(new ListReader("a", "b"), context, service.Collect);
        await interceptor.ServerStreamingServerHandler<Words, Words>(new() { Text = "a b" }, split, context, service.Split);
        await interceptor.DuplexStreamingServerHandler<Words, Words>(new ListReader("c"), chat, context, service.Chat);

        Assert.Equal(["seen serves unary", "seen serves client streaming", "seen serves server streaming", "seen serves duplex"], _log);
        Assert.Equal(("a", "a b"), (one.Text, all.Text));
        Assert.Equal(["a", "b", "c"], [.. split.Texts, .. chat.Texts]);
    }

    private sealed class ChangingInterceptor : Interceptor
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, new(context.Method, "changed", context.Options.WithWaitForReady()));
    }
}
