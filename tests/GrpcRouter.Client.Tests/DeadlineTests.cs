namespace GrpcRouter.Client.Tests;

public sealed class DeadlineTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("00:00:00.0000001", "100n")]
    [InlineData("00:00:00.0999999", "99999900n")]
    [InlineData("00:00:00.1000000", "100000u")]
    [InlineData("00:00:01.0000001", "1000001u")]
    [InlineData("00:01:39.9999990", "99999999u")]
    [InlineData("00:01:40.0000000", "100000m")]
    [InlineData("1.03:46:39.9990000", "99999999m")]
    [InlineData("1.03:46:39.9990001", "100000S")]
    [InlineData("1157.09:46:39", "99999999S")]
    [InlineData("1157.09:46:40", "1666667M")]
    [InlineData("69444.10:38:00", "99999998M")]
    [InlineData("69444.10:40:00", "1666667H")]
    public async Task A_deadline_is_sent_in_at_most_eight_digits_rounded_up(string timeout, string header)
    {
        string? seen = null;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            seen = call.RequestHeaders["grpc-timeout"];
            return UnaryCallTests.Echo(call);
        });
        await CreateInvoker(server).One(options: In(TimeSpan.Parse(timeout, null))).ResponseAsync.Soon();

        Assert.Equal(header, seen);
    }

    [Fact]
    public async Task The_last_deadline_of_all_is_none()
    {
        var seen = true;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            seen = call.RequestHeaders.ContainsKey("grpc-timeout");
            return UnaryCallTests.Echo(call);
        });
        await CreateInvoker(server).One(options: new(deadline: DateTime.MaxValue)).ResponseAsync.Soon();

        Assert.False(seen);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_sends_nothing()
    {
        var reached = false;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            reached = true;
            return UnaryCallTests.Echo(call);
        });

        Assert.Equal(StatusCode.DeadlineExceeded, await Calls.CodeOf(() => CreateInvoker(server).One(options: In(TimeSpan.Zero)).ResponseAsync));
        Assert.False(reached);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_when_it_passes()
    {
        TaskCompletionSource<ServedCall> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            reached.SetResult(call);
            await call.Aborted;
        });
        using var call = CreateInvoker(server).One(options: In(TimeSpan.FromSeconds(5)));
        var served = await reached.Task.Soon();
        _time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(call.ResponseAsync.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(StatusCode.DeadlineExceeded, await Calls.CodeOf(() => call.ResponseAsync));
        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
        await served.Aborted.Soon();
    }

    [Fact]
    public async Task A_deadline_ends_a_read_that_waits()
    {
        await using var server = await ScriptedServer.StartAsync(StreamingCallTests.Chat);
        using var call = CreateInvoker(server).Chat(In(TimeSpan.FromSeconds(5)));
        await call.ResponseHeadersAsync.Soon();
        var read = call.ResponseStream.MoveNext();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(StatusCode.DeadlineExceeded, await Calls.CodeOf(() => read));
        Assert.Equal(StatusCode.DeadlineExceeded, await Calls.CodeOf(() => call.RequestStream.WriteAsync("late")));
    }

    [Fact]
    public async Task A_deadline_longer_than_any_timer_holds()
    {
        TaskCompletionSource<ServedCall> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            reached.SetResult(call);
            await call.Aborted;
        });
        using var call = CreateInvoker(server).One(options: In(TimeSpan.FromDays(100)));
        var served = await reached.Task.Soon();
        _time.Advance(TimeSpan.FromDays(100) - TimeSpan.FromTicks(1));
        Assert.False(call.ResponseAsync.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(StatusCode.DeadlineExceeded, await Calls.CodeOf(() => call.ResponseAsync));
        await served.Aborted.Soon();
    }

    [Fact]
    public async Task A_reset_by_the_server_is_not_taken_for_the_deadline()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.ReadAsync();
            call.Reset(0x8);
        });

        Assert.Equal(StatusCode.Cancelled, await Calls.CodeOf(() => CreateInvoker(server).One(options: In(TimeSpan.FromTicks(1))).ResponseAsync));
    }

    [Fact]
    public async Task A_call_that_is_over_keeps_its_status_when_the_deadline_passes()
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo);
        using var call = CreateInvoker(server).One(options: In(TimeSpan.FromSeconds(5)));
        await call.ResponseAsync.Soon();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_deadline_in_local_time_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo);
        var invoker = CreateInvoker(server);

        Assert.Throws<InvalidOperationException>(() => invoker.One(options: new(deadline: new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Local))));
    }

    private CallInvoker CreateInvoker(ScriptedServer server) => server.CreateInvoker(new() { TimeProvider = _time });

    private CallOptions In(TimeSpan timeout) => new(deadline: (_time.GetUtcNow() + timeout).UtcDateTime);
}
