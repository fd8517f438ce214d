namespace GrpcRouter.Client.Tests;

public sealed class StreamingCallTests
{
    [Fact]
    public async Task Responses_arrive_in_order_and_end()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            foreach (var word in (await call.ReadAsync())!.Split(' '))
            {
                await call.WriteAsync(word);
            }

            call.End();
        });
        using var call = server.CreateInvoker().Split("a b c");

        Assert.Equal(["a", "b", "c"], await call.ResponseStream.ReadAllAsync().Soon());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task The_end_of_the_responses_stays_the_end()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.SendHeadersAsync();
            call.End();
        });
        using var call = server.CreateInvoker().Split();

        Assert.False(await call.ResponseStream.MoveNext().Soon());
        Assert.False(await call.ResponseStream.MoveNext().Soon());
    }

    [Fact]
    public async Task Responses_before_an_error_are_delivered_and_the_error_stays()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("first");
            call.End(StatusCode.DataLoss);
        });
        using var call = server.CreateInvoker().Split();

        Assert.True(await call.ResponseStream.MoveNext().Soon());
        Assert.Equal("first", call.ResponseStream.Current);
        Assert.Equal(StatusCode.DataLoss, await Calls.CodeOf(() => call.ResponseStream.MoveNext()));
        Assert.Equal(StatusCode.DataLoss, await Calls.CodeOf(() => call.ResponseStream.MoveNext()));
    }

    [Fact]
    public async Task Headers_arrive_before_any_message()
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.Headers["k"] = "v";
            await call.SendHeadersAsync();
            await seen.Task;
            await call.WriteAsync("message");
            call.End();
        });
        using var call = server.CreateInvoker().Split();
        Assert.Equal("v", (await call.ResponseHeadersAsync.Soon()).GetValue("k"));
        seen.SetResult();

        Assert.Equal(["message"], await call.ResponseStream.ReadAllAsync().Soon());
    }

    [Fact]
    public async Task Requests_are_collected_into_one_response()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            List<string> words = [];
            while (await call.ReadAsync() is { } word)
            {
                words.Add(word);
            }

            await call.WriteAsync(string.Join(' ', words));
            call.End();
        });
        using var call = server.CreateInvoker().Collect();
        await call.RequestStream.WriteAsync("a").Soon();
        await call.RequestStream.WriteAsync("b").Soon();
        await call.RequestStream.CompleteAsync().Soon();

        Assert.Equal("a b", await call.ResponseAsync.Soon());
    }

    [Fact]
    public async Task Both_sides_talk_in_turn()
    {
        await using var server = await ScriptedServer.StartAsync(Chat);
        using var call = server.CreateInvoker().Chat();
        foreach (var word in new[] { "a", "b", "c" })
        {
            await call.RequestStream.WriteAsync(word).Soon();
            Assert.True(await call.ResponseStream.MoveNext().Soon());
            Assert.Equal(word, call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync().Soon();
        Assert.False(await call.ResponseStream.MoveNext().Soon());
    }

    [Fact]
    public async Task A_stream_of_requests_reaches_the_server_before_its_first_message()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            reached.SetResult();
            return Chat(call);
        });
        using var call = server.CreateInvoker().Chat();

        await reached.Task.Soon();
    }

    [Fact]
    public async Task Messages_larger_than_the_flow_control_window_pass()
    {
        var large = new string('x', 1_000_000);
        await using var server = await ScriptedServer.StartAsync(Chat);
        using var call = server.CreateInvoker().Chat();
        var responses = call.ResponseStream.ReadAllAsync();
        for (var i = 0; i < 5; i++)
        {
            await call.RequestStream.WriteAsync(large).Soon();
        }

        await call.RequestStream.CompleteAsync().Soon();
        Assert.Equal(Enumerable.Repeat(large, 5), await responses.Soon());
    }

    [Fact]
    public async Task A_second_read_at_the_same_time_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(Chat);
        using var call = server.CreateInvoker().Chat();
        var first = call.ResponseStream.MoveNext();

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext().Soon());

        await call.RequestStream.WriteAsync("a").Soon();
        Assert.True(await first.Soon());
    }

    [Fact]
    public async Task A_second_write_at_the_same_time_is_refused()
    {
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await read.Task;
            await Chat(call);
        });
        using var call = server.CreateInvoker().Chat();
        var first = call.RequestStream.WriteAsync(new string('x', 10_000_000));

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync("b").Soon());
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.CompleteAsync().Soon());

        read.SetResult();
        await first.Soon();
    }

    [Fact]
    public async Task A_write_after_completion_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(Chat);
        using var call = server.CreateInvoker().Chat();
        await call.RequestStream.CompleteAsync().Soon();

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync("late").Soon());
    }

    [Fact]
    public async Task Requests_may_be_completed_twice()
    {
        await using var server = await ScriptedServer.StartAsync(Chat);
        using var call = server.CreateInvoker().Chat();
        await call.RequestStream.CompleteAsync().Soon();
        await call.RequestStream.CompleteAsync().Soon();

        Assert.Empty(await call.ResponseStream.ReadAllAsync().Soon());
    }

    [Fact]
    public async Task A_write_after_the_call_is_over_throws_its_status()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.EndWithoutHeaders(StatusCode.FailedPrecondition, "closed");
            return Task.CompletedTask;
        });
        using var call = server.CreateInvoker().Chat();
        Assert.Equal(StatusCode.FailedPrecondition, await Calls.CodeOf(() => call.ResponseStream.MoveNext()));
        var status = await Calls.StatusOf(() => call.RequestStream.WriteAsync("late"));

        Assert.Equal((StatusCode.FailedPrecondition, "closed"), (status.StatusCode, status.Detail));
    }

    [Fact]
    public async Task A_write_that_the_server_no_longer_reads_throws_the_status_of_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.ReadAsync();
            await call.SendHeadersAsync();
            call.End(StatusCode.ResourceExhausted, "enough");
        });
        using var call = server.CreateInvoker().Collect();
        var status = await Calls.StatusOf(async () =>
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new string('x', 100_000));
            }
        });

        Assert.Equal((StatusCode.ResourceExhausted, "enough"), (status.StatusCode, status.Detail));
        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => call.ResponseAsync));
    }

    [Fact]
    public async Task A_write_into_a_reset_stream_fails_while_nobody_reads()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("first");
            call.Reset(0xB);
        });
        using var call = server.CreateInvoker().Chat();
        await call.ResponseHeadersAsync.Soon();

        await Calls.CodeOf(async () =>
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new string('x', 100_000));
            }
        });
        Assert.Equal(StatusCode.ResourceExhausted, await Calls.CodeOf(() => call.ResponseStream.ReadAllAsync()));
    }

    [Fact]
    public async Task A_server_may_answer_before_the_requests_end()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.ReadAsync();
            await call.WriteAsync("early");
            call.End();
        });
        using var call = server.CreateInvoker().Collect();
        await call.RequestStream.WriteAsync("a").Soon();

        Assert.Equal("early", await call.ResponseAsync.Soon());
        Assert.Equal(StatusCode.OK, await Calls.CodeOf(() => call.RequestStream.WriteAsync("late")));
        await call.RequestStream.CompleteAsync().Soon();
    }

    [Fact]
    public async Task A_message_before_the_first_read_does_not_exist()
    {
        await using var server = await ScriptedServer.StartAsync(Chat);
        using var call = server.CreateInvoker().Chat();

        Assert.Throws<InvalidOperationException>(() => call.ResponseStream.Current);
    }

    [Fact]
    public async Task A_buffered_message_goes_with_the_next_one()
    {
        await using var server = await ScriptedServer.StartAsync(Chat);
        using var call = server.CreateInvoker().Chat();
        call.RequestStream.WriteOptions = new(WriteFlags.BufferHint);
        await call.RequestStream.WriteAsync("a").Soon();
        call.RequestStream.WriteOptions = null;
        await call.RequestStream.WriteAsync("b").Soon();
        await call.RequestStream.CompleteAsync().Soon();

        Assert.Equal(["a", "b"], await call.ResponseStream.ReadAllAsync().Soon());
    }

    internal static async Task Chat(ServedCall call)
    {
        await call.SendHeadersAsync();
        while (await call.ReadAsync() is { } word)
        {
            await call.WriteAsync(word);
        }

        call.End();
    }
}
