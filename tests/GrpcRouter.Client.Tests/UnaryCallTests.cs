namespace GrpcRouter.Client.Tests;

public sealed class UnaryCallTests
{
    [Fact]
    public async Task A_unary_call_sends_its_request_and_returns_the_response()
    {
        await using var server = await ScriptedServer.StartAsync(Echo);

        Assert.Equal("echo hello", await server.CreateInvoker().One("hello").ResponseAsync.Soon());
    }

    [Fact]
    public async Task A_blocking_call_returns_the_response()
    {
        await using var server = await ScriptedServer.StartAsync(Echo);
        var invoker = server.CreateInvoker();

        Assert.Equal("echo hello", invoker.BlockingUnaryCall(Calls.Unary, null, default, "hello"));
    }

    [Fact]
    public async Task A_blocking_call_throws_the_status()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.EndWithoutHeaders(StatusCode.NotFound, "no such thing");
            return Task.CompletedTask;
        });
        var invoker = server.CreateInvoker();

        Assert.Equal(StatusCode.NotFound, Assert.Throws<RpcException>(() => invoker.BlockingUnaryCall(Calls.Unary, null, default, "hello")).StatusCode);
    }

    [Fact]
    public async Task A_request_says_what_the_protocol_asks_for()
    {
        Dictionary<string, string> seen = [];
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            var request = call.Http.Request;
            seen["line"] = $"{request.Method} {request.Path} {request.Protocol}";
            foreach (var (name, value) in request.Headers)
            {
                seen[name.ToLowerInvariant()] = value.ToString();
            }

            await Echo(call);
        });
        await server.CreateInvoker().One().ResponseAsync.Soon();

        Assert.Equal("POST /echo.Echoes/One HTTP/2", seen["line"]);
        Assert.Equal("application/grpc", seen["content-type"]);
        Assert.Equal("trailers", seen["te"]);
        Assert.Equal("identity,gzip", seen["grpc-accept-encoding"]);
        Assert.StartsWith("grpc-dotnet-router/", seen["user-agent"], StringComparison.Ordinal);
        Assert.DoesNotContain("grpc-timeout", seen.Keys);
        Assert.DoesNotContain("grpc-encoding", seen.Keys);
        Assert.DoesNotContain("content-length", seen.Keys);
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        var length = -1;
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            length = (await call.ReadFrameAsync())!.Value.Payload.Length;
            await call.WriteAsync("");
            call.End();
        });

        Assert.Equal("", await server.CreateInvoker().One("").ResponseAsync.Soon());
        Assert.Equal(0, length);
    }

    [Fact]
    public async Task A_large_message_arrives_whole_in_both_directions()
    {
        var large = new string('x', 3_000_000);
        await using var server = await ScriptedServer.StartAsync(Echo);

        Assert.Equal($"echo {large}", await server.CreateInvoker().One(large).ResponseAsync.Soon());
    }

    [Fact]
    public async Task A_call_names_its_host()
    {
        string? host = null;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            host = call.Http.Request.Host.Value;
            return Echo(call);
        });
        await server.CreateInvoker().AsyncUnaryCall(Calls.Unary, "other.example", default, "hello").ResponseAsync.Soon();

        Assert.Equal("other.example", host);
    }

    [Fact]
    public async Task An_ok_without_a_message_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.SendHeadersAsync();
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task An_ok_without_headers_and_message_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.EndWithoutHeaders(StatusCode.OK);
            return Task.CompletedTask;
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_second_message_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("one");
            await call.WriteAsync("two");
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task An_error_status_wins_over_a_message()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("one");
            call.End(StatusCode.Aborted, "conflict");
        });

        Assert.Equal(StatusCode.Aborted, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_response_that_ends_within_a_message_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteRawAsync(ServedCall.Frame([1, 2], 0, 3));
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_response_that_ends_within_a_message_header_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteRawAsync([0, 0, 0]);
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_message_that_starts_with_an_unknown_flag_is_an_internal_error()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteFrameAsync([1], flag: 2);
            call.End();
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_request_that_cannot_be_serialized_fails_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(Echo);
        Method<string, string> method = new(MethodType.Unary, "echo.Echoes", "One",
            Marshallers.Create<string>(_ => throw new FormatException("cannot"), _ => ""), Marshallers.StringMarshaller);
        var status = await Calls.StatusOf(() => server.CreateInvoker().AsyncUnaryCall(method, null, default, "x").ResponseAsync);

        Assert.Equal(StatusCode.Internal, status.StatusCode);
        Assert.IsType<FormatException>(status.DebugException);
    }

    [Fact]
    public async Task A_response_that_cannot_be_deserialized_fails_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(Echo);
        Method<string, string> method = new(MethodType.Unary, "echo.Echoes", "One",
            Marshallers.StringMarshaller, Marshallers.Create<string>(_ => [], _ => throw new FormatException("cannot")));
        var status = await Calls.StatusOf(() => server.CreateInvoker().AsyncUnaryCall(method, null, default, "x").ResponseAsync);

        Assert.Equal(StatusCode.Internal, status.StatusCode);
        Assert.IsType<FormatException>(status.DebugException);
    }

    [Fact]
    public async Task A_method_of_another_kind_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(Echo);
        var invoker = server.CreateInvoker();

        Assert.Throws<ArgumentException>(() => invoker.AsyncUnaryCall(Calls.Duplex, null, default, "x"));
    }

    [Fact]
    public async Task Many_calls_share_a_channel()
    {
        await using var server = await ScriptedServer.StartAsync(Echo);
        var invoker = server.CreateInvoker();
        var responses = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => invoker.One($"{i}").ResponseAsync)).Soon();

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"echo {i}"), responses);
    }

    internal static async Task Echo(ServedCall call)
    {
        await call.WriteAsync($"echo {await call.ReadAsync()}");
        call.End();
    }
}
