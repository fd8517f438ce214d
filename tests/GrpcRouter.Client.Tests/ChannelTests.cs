using System.Collections.Concurrent;

namespace GrpcRouter.Client.Tests;

public sealed class ChannelTests
{
    [Theory]
    [InlineData("localhost:5000")]
    [InlineData("ftp://localhost")]
    [InlineData("http://localhost/path")]
    [InlineData("http://localhost/?query")]
    [InlineData("http://user@localhost/")]
    [InlineData("not an address")]
    public void An_address_is_a_scheme_a_host_and_a_port(string address) =>
        Assert.Throws<ArgumentException>(() => RouterChannel.ForAddress(address));

    [Fact]
    public void A_channel_names_its_target()
    {
        using var channel = RouterChannel.ForAddress(new Uri("http://localhost:5000"));

        Assert.Equal("localhost:5000", channel.Target);
    }

    [Fact]
    public async Task More_calls_than_a_connection_holds_open_another()
    {
        ConcurrentDictionary<string, bool> connections = new();
        TaskCompletionSource both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(
            async call =>
            {
                connections[call.Http.Connection.Id] = true;
                if (connections.Count == 2)
                {
                    both.TrySetResult();
                }

                await both.Task;
                await UnaryCallTests.Echo(call);
            },
            streamsPerConnection: 1);
        var invoker = server.CreateInvoker();
        await Task.WhenAll(invoker.One().ResponseAsync, invoker.One().ResponseAsync).Soon();

        Assert.Equal(2, connections.Count);
    }

    [Fact]
    public async Task A_handler_of_the_callers_sends_the_requests_and_stays_the_callers()
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo);
        using CountingHandler handler = new();
        var channel = server.CreateChannel(new() { HttpHandler = handler });
        await channel.CreateCallInvoker().One().ResponseAsync.Soon();
        channel.Dispose();

        Assert.Equal(1, handler.Requests);
        Assert.False(handler.Disposed);
    }

    [Fact]
    public async Task A_handler_is_disposed_with_the_channel_on_request()
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo);
        using CountingHandler handler = new();
        server.CreateChannel(new() { HttpHandler = handler, DisposeHttpClient = true }).Dispose();

        Assert.True(handler.Disposed);
    }

    [Fact]
    public void A_keep_alive_delay_below_a_second_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RouterChannel.ForAddress("http://localhost", new() { KeepAlivePingDelay = TimeSpan.FromMilliseconds(1) }));

    [Fact]
    public async Task Wait_for_ready_is_accepted_and_does_not_wait()
    {
        string address;
        await using (var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo))
        {
            address = server.Address;
        }

        using var channel = RouterChannel.ForAddress(address);

        Assert.Equal(StatusCode.Unavailable, await Calls.CodeOf(() => channel.CreateCallInvoker().One(options: new CallOptions().WithWaitForReady()).ResponseAsync));
    }

    [Fact]
    public async Task Failed_calls_that_nobody_awaits_leave_no_unobserved_errors()
    {
        ConcurrentQueue<Exception> unobserved = [];
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            await FailCallsAsync();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }

        Assert.DoesNotContain(unobserved, error => error.ToString().Contains("Grpc", StringComparison.Ordinal));
    }

    private static async Task FailCallsAsync()
    {
        TaskCompletionSource<ServedCall> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            if (call.Http.Request.Path == Calls.Duplex.FullName)
            {
                reached.SetResult(call);
                await call.Aborted;
            }

            call.EndWithoutHeaders(StatusCode.Aborted);
        });
        var invoker = server.CreateInvoker();
        for (var i = 0; i < 5; i++)
        {
            Settled(invoker.One().ResponseAsync);
            Settled(invoker.Collect().ResponseAsync);
        }

        var chat = invoker.Chat();
        var served = await reached.Task.Soon();
        chat.Dispose();
        await served.Aborted.Soon();
    }

    // Waits without looking at the error, which would observe it.
    private static void Settled(Task task) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(30));

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Requests { get; private set; }

        public bool Disposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            Disposed = true;
            base.Dispose(disposing);
        }
    }
}
