namespace GrpcRouter.Client.Tests;

public sealed class CancellationTests
{
    private readonly TaskCompletionSource<ServedCall> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _source = new();

    [Fact]
    public async Task A_token_cancels_a_call_that_waits_for_its_response()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        using var call = server.CreateInvoker().One(options: new(cancellationToken: _source.Token));
        var served = await _reached.Task.Soon();
        await _source.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => call.ResponseAsync));
        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => call.ResponseHeadersAsync));
        await served.Aborted.Soon();
    }

    [Fact]
    public async Task A_token_cancels_a_stream_that_nobody_reads()
    {
        await using var server = await ScriptedServer.StartAsync(StreamUntilAborted);
        using var call = server.CreateInvoker().Chat(new(cancellationToken: _source.Token));
        await call.ResponseHeadersAsync.Soon();
        var served = await _reached.Task.Soon();
        await _source.CancelAsync();

        await served.Aborted.Soon();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_sends_nothing()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        await _source.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => server.CreateInvoker().One(options: new(cancellationToken: _source.Token)).ResponseAsync));
        Assert.False(_reached.Task.IsCompleted);
    }

    [Fact]
    public async Task Disposal_cancels_a_unary_call()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        var call = server.CreateInvoker().One();
        var served = await _reached.Task.Soon();
        call.Dispose();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => call.ResponseAsync));
        await served.Aborted.Soon();
    }

    [Fact]
    public async Task Disposal_cancels_a_stream_in_the_middle()
    {
        await using var server = await ScriptedServer.StartAsync(StreamUntilAborted);
        var call = server.CreateInvoker().Split();
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        var served = await _reached.Task.Soon();
        call.Dispose();

        await served.Aborted.Soon();
        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => call.ResponseStream.MoveNext()));
    }

    [Fact]
    public async Task Disposal_does_not_look_like_the_end_of_the_requests()
    {
        TaskCompletionSource<Exception> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.SendHeadersAsync();
            _reached.SetResult(call);
            ended.SetResult((await Record.ExceptionAsync(call.ReadAsync))!);
        });
        var call = server.CreateInvoker().Chat();
        await call.ResponseHeadersAsync.Soon();
        await _reached.Task.Soon();
        call.Dispose();

        Assert.NotNull(await ended.Task.Soon());
    }

    [Fact]
    public async Task Disposal_after_the_end_changes_nothing()
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo);
        var call = server.CreateInvoker().One();
        await call.ResponseAsync.Soon();
        call.Dispose();
        call.Dispose();

        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task The_token_of_a_read_cancels_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(StreamingCallTests.Chat);
        using var call = server.CreateInvoker().Chat();
        await call.ResponseHeadersAsync.Soon();
        var read = call.ResponseStream.MoveNext(_source.Token);
        await _source.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => read));
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task The_token_of_a_read_that_is_over_no_longer_matters()
    {
        await using var server = await ScriptedServer.StartAsync(StreamingCallTests.Chat);
        using var call = server.CreateInvoker().Chat();
        await call.RequestStream.WriteAsync("a").Soon();
        Assert.True(await call.ResponseStream.MoveNext(_source.Token).Soon());
        await _source.CancelAsync();
        await call.RequestStream.WriteAsync("b").Soon();

        Assert.True(await call.ResponseStream.MoveNext().Soon());
    }

    [Fact]
    public async Task The_token_of_a_write_cancels_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        using var call = server.CreateInvoker().Chat();
        await _reached.Task.Soon();
        var write = call.RequestStream.WriteAsync(new string('x', 10_000_000), _source.Token);
        await _source.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => write));
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_call_that_ends_before_it_is_sent_frees_its_writer()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        TaskCompletionSource never = new();
        Credentials slow = new(never.Task);
        using var call = server.CreateInvoker(slow.Options).Chat(new(credentials: slow.Call, cancellationToken: _source.Token));
        var write = call.RequestStream.WriteAsync("a");
        await _source.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => write));
    }

    [Fact]
    public async Task A_disposed_channel_cancels_its_calls()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        var channel = server.CreateChannel();
        using var call = channel.CreateCallInvoker().One();
        await _reached.Task.Soon();
        channel.Dispose();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => call.ResponseAsync));
    }

    [Fact]
    public async Task A_channel_that_shuts_down_cancels_its_calls()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        var channel = server.CreateChannel();
        using var call = channel.CreateCallInvoker().One();
        await _reached.Task.Soon();
        await channel.ShutdownAsync().Soon();

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => call.ResponseAsync));
    }

    [Fact]
    public async Task A_disposed_channel_makes_no_calls()
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo);
        var channel = server.CreateChannel();
        var invoker = channel.CreateCallInvoker();
        channel.Dispose();

        Assert.Throws<ObjectDisposedException>(() => invoker.One());
    }

    [Fact]
    public async Task On_request_a_token_is_answered_by_its_own_exception()
    {
        await using var server = await ScriptedServer.StartAsync(Wait);
        using var call = server.CreateInvoker(new() { ThrowOperationCanceledOnCancellation = true }).One(options: new(cancellationToken: _source.Token));
        await _reached.Task.Soon();
        await _source.CancelAsync();
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => call.ResponseAsync.Soon());

        Assert.Equal(_source.Token, error.CancellationToken);
        Assert.Equal(StatusCode.Cancelled, Assert.IsType<RpcException>(error.InnerException).StatusCode);
    }

    [Fact]
    public async Task On_request_a_deadline_is_answered_by_a_cancellation()
    {
        ManualTimeProvider time = new();
        await using var server = await ScriptedServer.StartAsync(Wait);
        using var call = server.CreateInvoker(new() { ThrowOperationCanceledOnCancellation = true, TimeProvider = time })
            .Split(options: new(deadline: time.GetUtcNow().UtcDateTime.AddSeconds(1)));
        await _reached.Task.Soon();
        time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => call.ResponseStream.MoveNext().Soon());

        Assert.Equal(StatusCode.DeadlineExceeded, Assert.IsType<RpcException>(error.InnerException).StatusCode);
    }

    [Fact]
    public async Task A_cancellation_by_the_server_is_a_status_even_so()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.EndWithoutHeaders(StatusCode.Cancelled);
            return Task.CompletedTask;
        });

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => server.CreateInvoker(new() { ThrowOperationCanceledOnCancellation = true }).One().ResponseAsync));
    }

    private async Task Wait(ServedCall call)
    {
        _reached.SetResult(call);
        await call.Aborted;
    }

    private async Task StreamUntilAborted(ServedCall call)
    {
        await call.WriteAsync("first");
        await Wait(call);
    }
}
