using Microsoft.AspNetCore.Http;

namespace GrpcRouter.Client.Tests;

public sealed class MetadataTests
{
    [Fact]
    public async Task Texts_and_bytes_reach_the_server()
    {
        IHeaderDictionary? seen = null;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            seen = new HeaderDictionary(call.RequestHeaders.ToDictionary(StringComparer.OrdinalIgnoreCase));
            return UnaryCallTests.Echo(call);
        });
        await server.CreateInvoker().One(options: new(new Metadata { { "key", "value" }, { "data-bin", [0, 255, 17, 4] } })).ResponseAsync.Soon();

        Assert.Equal("value", seen!["key"]);
        Assert.Equal("AP8RBA", seen["data-bin"]);
    }

    [Fact]
    public async Task Repeated_keys_reach_the_server_in_order()
    {
        string? texts = null;
        string? bytes = null;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            texts = call.RequestHeaders["key"].ToString();
            bytes = call.RequestHeaders["data-bin"].ToString();
            return UnaryCallTests.Echo(call);
        });
        Metadata headers = new() { { "key", "1" }, { "data-bin", [1] }, { "key", "2" }, { "data-bin", [2] } };
        await server.CreateInvoker().One(options: new(headers)).ResponseAsync.Soon();

        Assert.Equal(["1", "2"], texts!.Split(',', StringSplitOptions.TrimEntries));
        Assert.Equal(["AQ", "Ag"], bytes!.Split(',', StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task A_user_agent_of_the_callers_precedes_the_channels()
    {
        string? agent = null;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            agent = call.RequestHeaders.UserAgent.ToString();
            return UnaryCallTests.Echo(call);
        });
        await server.CreateInvoker().One(options: new(new Metadata { { "user-agent", "mine/1" } })).ResponseAsync.Soon();

        Assert.StartsWith("mine/1 grpc-dotnet-router/", agent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_protocol_says_itself_is_not_taken_from_metadata()
    {
        IHeaderDictionary? seen = null;
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            seen = new HeaderDictionary(call.RequestHeaders.ToDictionary(StringComparer.OrdinalIgnoreCase));
            return UnaryCallTests.Echo(call);
        });
        Metadata headers = new() { { "te", "gzip" }, { "content-type", "text/html" }, { "grpc-timeout", "1n" }, { "grpc-accept-encoding", "br" }, { "host", "other" } };
        await server.CreateInvoker().One(options: new(headers)).ResponseAsync.Soon();

        Assert.Equal("trailers", seen!.TE);
        Assert.Equal("application/grpc", seen.ContentType);
        Assert.DoesNotContain("grpc-timeout", seen.Keys);
        Assert.Equal("identity,gzip", seen["grpc-accept-encoding"]);
        Assert.StartsWith("127.0.0.1:", seen.Host.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("größer")]
    [InlineData("two\nlines")]
    public async Task Other_characters_than_printable_ascii_fail_the_call(string value)
    {
        await using var server = await ScriptedServer.StartAsync(UnaryCallTests.Echo);

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One(options: new(new Metadata { { "key", value } })).ResponseAsync));
    }

    [Fact]
    public async Task Response_headers_keep_repeated_keys_in_order()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.Headers.Append("key", "1");
            call.Http.Response.Headers.Append("key", "2, 3");
            return UnaryCallTests.Echo(call);
        });
        var headers = await server.CreateInvoker().One().ResponseHeadersAsync.Soon();

        Assert.Equal(["1", "2, 3"], headers.GetAll("key").Select(entry => entry.Value));
    }

    [Theory]
    [InlineData("AP8RBA==")]
    [InlineData("AP8RBA")]
    public async Task Bytes_are_read_with_and_without_padding(string sent)
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.Headers["data-bin"] = sent;
            return UnaryCallTests.Echo(call);
        });
        var headers = await server.CreateInvoker().One().ResponseHeadersAsync.Soon();

        Assert.Equal([0, 255, 17, 4], headers.GetValueBytes("data-bin"));
    }

    [Fact]
    public async Task Bytes_joined_by_commas_are_several_values()
    {
        await using var server = await ScriptedServer.StartAsync(async call =>
        {
            await UnaryCallTests.Echo(call);
            call.Http.Response.AppendTrailer("data-bin", "AQ, Ag==,Aw");
        });
        using var call = server.CreateInvoker().One();
        await call.ResponseAsync.Soon();

        Assert.Equal([[1], [2], [3]], call.GetTrailers().GetAll("data-bin").Select(entry => entry.ValueBytes));
    }

    [Fact]
    public async Task Bytes_that_are_no_base64_fail_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.Headers["data-bin"] = "!";
            return UnaryCallTests.Echo(call);
        });

        Assert.Equal(StatusCode.Internal, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
    }

    [Fact]
    public async Task The_protocols_own_headers_are_not_metadata()
    {
        await using var server = await ScriptedServer.StartAsync(call =>
        {
            call.Http.Response.Headers["grpc-encoding"] = "identity";
            call.Http.Response.Headers["grpc-accept-encoding"] = "gzip";
            call.Http.Response.Headers["x~y"] = "no key of gRPC";
            return UnaryCallTests.Echo(call);
        });
        using var call = server.CreateInvoker().One();
        var headers = await call.ResponseHeadersAsync.Soon();
        await call.ResponseAsync.Soon();

        Assert.Equal(["date", "server"], headers.Select(entry => entry.Key).Order());
        Assert.Empty(call.GetTrailers());
    }
}
