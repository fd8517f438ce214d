using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrpcRouter.Client.Tests;

public sealed class StatusTests
{
    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task The_status_in_the_trailers_is_the_calls(StatusCode code)
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.SendHeadersAsync();
            call.End(code, "because");
        });
        var status = await Calls.StatusOf(() => server.CreateInvoker().One().ResponseAsync);

        Assert.Equal((code, "because"), (status.StatusCode, status.Detail));
    }

    [Fact]
    public async Task The_status_of_a_response_without_headers_is_the_calls()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.Headers["why"] = "not here";
            call.EndWithoutHeaders(StatusCode.NotFound, "no such thing");
            return Task.CompletedTask;
        });
        var call = server.CreateInvoker().One();
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon());

        Assert.Equal((StatusCode.NotFound, "no such thing"), (error.StatusCode, error.Status.Detail));
        Assert.Equal("not here", error.Trailers.GetValue("why"));
        Assert.Equal("not here", call.GetTrailers().GetValue("why"));
        Assert.Empty(await call.ResponseHeadersAsync.Soon());
    }

    [Fact]
    public async Task A_status_code_that_nobody_knows_is_kept()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.EndWithoutHeaders((StatusCode)99);
            return Task.CompletedTask;
        });

        Assert.Equal((StatusCode)99, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("-1")]
    public async Task A_status_code_that_is_no_number_is_unknown(string code)
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("response");
            call.Http.Response.AppendTrailer("grpc-status", code);
        });

        Assert.Equal(StatusCode.Unknown, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_missing_status_is_unknown()
    {
        await using var server = await ScriptedServer.StartAsync(call => call.WriteAsync("response"));

        Assert.Equal(StatusCode.Unknown, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Theory]
    [InlineData("gr%C3%B6%C3%9Fer", "größer")]
    [InlineData("100%25 %0A", "100% \n")]
    [InlineData("50% off", "50% off")]
    [InlineData("cut %C", "cut %C")]
    [InlineData("%zz", "%zz")]
    [InlineData("%20", " ")]
    public async Task The_message_is_percent_decoded(string sent, string expected)
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.EndWithoutHeaders(StatusCode.Internal, sent);
            return Task.CompletedTask;
        });

        Assert.Equal(expected, (await Calls.StatusOf(() => server.CreateInvoker().One().ResponseAsync)).Detail);
    }

    [Fact]
    public async Task The_status_details_stay_in_the_trailers()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.SendHeadersAsync();
            call.End(StatusCode.Internal);
            call.Http.Response.AppendTrailer("grpc-status-details-bin", Convert.ToBase64String([1, 2, 3]));
        });
        var error = await Assert.ThrowsAsync<RpcException>(() => server.CreateInvoker().One().ResponseAsync.Soon());

        Assert.Equal([1, 2, 3], error.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(418, StatusCode.Unknown)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(302, StatusCode.Unknown)]
    [InlineData(204, StatusCode.Unknown)]
    public async Task An_http_status_becomes_a_grpc_status(int http, StatusCode expected)
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.StatusCode = http;
            call.Http.Response.Headers.Location = "http://127.0.0.1:1/elsewhere";
            return Task.CompletedTask;
        });

        Assert.Equal(expected, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task A_grpc_status_counts_more_than_the_http_status()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.StatusCode = 503;
            call.EndWithoutHeaders(StatusCode.DataLoss);
            return Task.CompletedTask;
        });

        Assert.Equal(StatusCode.DataLoss, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/grpcish")]
    [InlineData(null)]
    public async Task A_response_of_another_content_type_is_unknown(string? contentType)
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            call.Http.Response.ContentType = contentType;
            await call.WriteAsync("response");
            call.End();
        });

        Assert.Equal(StatusCode.Unknown, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    public async Task A_content_type_may_name_the_message_format(string contentType)
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.ContentType = contentType;
            return UnaryCallTests.Echo(call);
        });

        Assert.Equal("echo x", await server.CreateInvoker().One("x").ResponseAsync.Soon());
    }

    [Fact]
    public async Task A_server_without_http2_is_no_grpc_server()
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo, HttpProtocols.Http1);
        var code = await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync);

        Assert.True(code is StatusCode.Internal or StatusCode.Unavailable, $"{code}");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        string address;
        await using (var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo))
        {
            address = server.Address;
        }

        using var channel = RouterChannel.ForAddress(address);
        var status = await Calls.StatusOf(() => channel.CreateCallInvoker().One().ResponseAsync);

        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.IsType<HttpRequestException>(status.DebugException);
    }

    [Fact]
    public async Task Response_headers_of_a_server_that_is_not_there_fail_too()
    {
        string address;
        await using (var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo))
        {
            address = server.Address;
        }

        using var channel = RouterChannel.ForAddress(address);
        using var call = channel.CreateCallInvoker().Chat();

        Assert.Equal(StatusCode.Unavailable, await Calls.CodeOf(() => call.ResponseHeadersAsync));
        Assert.Equal(StatusCode.Unavailable, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Theory]
    [InlineData(0x0, StatusCode.Internal)]
    [InlineData(0x1, StatusCode.Internal)]
    [InlineData(0x2, StatusCode.Internal)]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xB, StatusCode.ResourceExhausted)]
    [InlineData(0xC, StatusCode.PermissionDenied)]
    public async Task A_reset_before_the_headers_becomes_a_status(int http2, StatusCode expected)
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.ReadAsync();
            call.Reset(http2);
        });

        Assert.Equal(expected, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Theory]
    [InlineData(0x2, StatusCode.Internal)]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xB, StatusCode.ResourceExhausted)]
    [InlineData(0xC, StatusCode.PermissionDenied)]
    public async Task A_reset_after_a_message_becomes_a_status(int http2, StatusCode expected)
    {
        TaskCompletionSource received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("first");
            await received.Task;
            call.Reset(http2);
        });
        using var call = server.CreateInvoker().Split();
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        received.SetResult();

        Assert.Equal(expected, await Calls.CodeOf(() => call.ResponseStream.MoveNext()));
    }

    [Fact]
    public async Task A_lost_connection_is_unavailable()
    {
        TaskCompletionSource received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("first");
            await received.Task;
            call.LoseConnection();
        });
        using var call = server.CreateInvoker().Split();
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        received.SetResult();

        Assert.Equal(StatusCode.Unavailable, await Calls.CodeOf(() => call.ResponseStream.MoveNext()));
    }

    [Fact]
    public async Task A_connection_lost_during_the_handshake_is_unavailable()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        using var channel = RouterChannel.ForAddress($"http://{server.LocalEndpoint}");
        using var call = channel.CreateCallInvoker().One();
        using (var connection = await server.AcceptSocketAsync())
        {
            await connection.ReceiveAsync(new byte[1]).Soon();
            connection.Close(timeout: 0);
        }

        Assert.Equal(StatusCode.Unavailable, await Calls.CodeOf(() => call.ResponseAsync));
    }

    [Fact]
    public async Task Status_and_trailers_are_there_once_the_call_is_over()
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await call.WriteAsync("response");
            await end.Task;
            call.End(message: "fine");
            call.Http.Response.AppendTrailer("k", "v");
        });
        using var call = server.CreateInvoker().One();
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        end.SetResult();
        await call.ResponseAsync.Soon();

        Assert.Equal((StatusCode.OK, "fine"), (call.GetStatus().StatusCode, call.GetStatus().Detail));
        Assert.Equal("v", Assert.Single(call.GetTrailers()).Value);
    }
}
