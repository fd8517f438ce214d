namespace GrpcRouter.Client.Tests;

public sealed class MessageSizeTests
{
    [Fact]
    public async Task A_response_beyond_the_limit_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(call => SendAsync(call, 11));

        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => server.CreateInvoker(new() { MaxReceiveMessageSize = 10 }).One().ResponseAsync));
    }

    [Fact]
    public async Task A_response_of_the_limit_is_accepted()
    {
        await using var server = await ScriptedServer.StartAsync(call => SendAsync(call, 10));

        Assert.Equal(10, (await server.CreateInvoker(new() { MaxReceiveMessageSize = 10 }).One().ResponseAsync.Soon()).Length);
    }

    [Fact]
    public async Task Four_mebibytes_are_received_by_default_and_no_more()
    {
        var extra = 0;
        await using var server = await ScriptedServer.StartAsync(call => SendAsync(call, (4 * 1024 * 1024) + extra));

        Assert.Equal(4 * 1024 * 1024, (await server.CreateInvoker().One().ResponseAsync.Soon()).Length);
        extra = 1;
        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task Without_a_limit_larger_responses_are_received()
    {
        await using var server = await ScriptedServer.StartAsync(call => SendAsync(call, 6_000_000));

        Assert.Equal(6_000_000, (await server.CreateInvoker(new() { MaxReceiveMessageSize = null }).One().ResponseAsync.Soon()).Length);
    }

    [Fact]
    public async Task A_length_that_no_array_holds_is_refused_even_without_a_limit()
    {
        await using var server = await ScriptedServer.StartAsync(call => call.WriteRawAsync(ServedCall.Frame([1], 0, uint.MaxValue)));

        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => server.CreateInvoker(new() { MaxReceiveMessageSize = null }).One().ResponseAsync));
    }

    [Fact]
    public async Task A_small_compressed_message_that_grows_beyond_the_limit_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.Headers["grpc-encoding"] = "gzip";
            await call.WriteFrameAsync(ServedCall.Gzip(new byte[50_000_000]), flag: 1);
            call.End();
        });

        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_refused_response_ends_the_stream_on_the_server_too()
    {
        TaskCompletionSource<ServedCall> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            reached.SetResult(call);
            await call.WriteAsync(new string('x', 11));
            await call.Aborted;
        });
        using var call = server.CreateInvoker(new() { MaxReceiveMessageSize = 10 }).Split();

        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => call.ResponseStream.MoveNext()));
        await (await reached.Task.Soon()).Aborted.Soon();
    }

    [Fact]
    public async Task A_request_beyond_the_limit_is_not_sent()
    {
        var reached = false;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            reached = true;
            return UnaryCallTests.Echo(call);
        });

        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => server.CreateInvoker(new() { MaxSendMessageSize = 10 }).One(new string('x', 11)).ResponseAsync));
        Assert.False(reached);
    }

    [Fact]
    public async Task A_stream_goes_on_after_a_request_that_was_too_long()
    {
        await using var server = await ScriptedServer.StartAsync(StreamingCallTests.Chat);
        using var call = server.CreateInvoker(new() { MaxSendMessageSize = 10 }).Chat();
        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => call.RequestStream.WriteAsync(new string('x', 11))));
        await call.RequestStream.WriteAsync(new string('x', 10)).Soon();
        await call.RequestStream.CompleteAsync().Soon();

        Assert.Equal([new string('x', 10)], await call.ResponseStream.ReadAllAsync().Soon());
    }

    [Fact]
    public void A_negative_limit_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RouterChannel.ForAddress("http://localhost", new() { MaxReceiveMessageSize = -1 }));

    private static async Task SendAsync(ServedCall call, int length)
    {
        await call.WriteAsync(new string('x', length));
        call.End();
    }
}
