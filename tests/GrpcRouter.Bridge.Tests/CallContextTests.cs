using System.Text;
using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class CallContextTests
{
    [Fact]
    public async Task The_context_tells_method_host_and_peer()
    {
        await using Session session = await Session.StartAsync();
        string told = await AskAsync(
            session,
            static context => $"{context.Method} {context.Host} {context.Peer} {context.AuthContext.IsPeerAuthenticated}",
            static start =>
            {
                start.Authority = "greeter.example:443";
                start.Peer = "ipv4:192.0.2.1:40000";
            });
        Assert.Equal("/probe.Probe/Echo greeter.example:443 ipv4:192.0.2.1:40000 False", told);
    }

    [Fact]
    public async Task Request_metadata_keeps_order_duplicates_and_empty_values()
    {
        await using Session session = await Session.StartAsync();
        string told = await AskAsync(
            session,
            static context => string.Join(';', context.RequestHeaders.Select(static entry => $"{entry.Key}={entry.Value}")),
            static start => start.Metadata.Add(
            [
                FrameExtensions.Entry("b", "1"), FrameExtensions.Entry("a", ""), FrameExtensions.Entry("b", "2,3"), FrameExtensions.Entry("user-agent", "test"),
            ]));
        Assert.Equal("b=1;a=;b=2,3;user-agent=test", told);
    }

    [Theory]
    [InlineData("AAH//g==", "0001FFFE")]
    [InlineData("AAH//g", "0001FFFE")]
    [InlineData("AQ,Ag==, Aw", "01|02|03")]
    [InlineData("", "")]
    [InlineData("AQ,", "01|")]
    [InlineData("!,AQ", "01")]
    public async Task Binary_metadata_is_decoded_value_by_value(string text, string expected)
    {
        await using Session session = await Session.StartAsync();
        string told = await AskAsync(
            session,
            static context => string.Join('|', context.RequestHeaders.Where(static entry => entry.Key == "key-bin")
                .Select(static entry => Convert.ToHexString(entry.ValueBytes))),
            start => start.Metadata.Add(FrameExtensions.Entry("key-bin", text)));
        Assert.Equal(expected, told);
    }

    [Theory]
    [InlineData(":path")]
    [InlineData("te")]
    [InlineData("connection")]
    [InlineData("content-type")]
    [InlineData("grpc-timeout")]
    [InlineData("grpc-status")]
    [InlineData("grpcrouter-instance")]
    [InlineData("Not-A-Key")]
    [InlineData("")]
    public async Task Reserved_or_impossible_metadata_does_not_leak_in(string key)
    {
        await using Session session = await Session.StartAsync();
        string told = await AskAsync(
            session,
            static context => context.RequestHeaders.Count.ToString(),
            start => start.Metadata.Add(FrameExtensions.Entry(key, "x")));
        Assert.Equal("0", told);
    }

    [Fact]
    public async Task Response_headers_leave_before_any_message()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnEcho = async (request, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "one", "1" }, { "two-bin", [1, 2, 3] } });
            await seen.Task;
            return request;
        };
        await session.CallEchoAsync(1, "hello");
        ProbeInstanceFrame headers = await session.Channel.ReceiveAsync();
        Assert.Equal("1", headers.Headers.Metadata.Value("one"));
        Assert.Equal("AQID", headers.Headers.Metadata.Value("two-bin"));
        Assert.Null(headers.End);
        seen.SetResult();
        ProbeInstanceFrame rest = await session.Channel.ReceiveAsync();
        Assert.Equal("hello", rest.Echo.Value);
        Assert.Null(rest.Headers);
    }

    [Fact]
    public async Task Response_headers_that_nobody_awaits_still_come_first()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static (request, context) =>
        {
            _ = context.WriteResponseHeadersAsync(new Metadata { { "key", "value" } });
            return Task.FromResult(request);
        };
        session.Service.OnCount = static (_, _, context) =>
        {
            _ = context.WriteResponseHeadersAsync(new Metadata { { "key", "value" } });
            return Task.CompletedTask;
        };
        for (ulong id = 1; id < 400; id += 2)
        {
            await session.CallEchoAsync(id, "hello");
            await session.Channel.SendAsync(new ProbeRouterFrame
            {
                CallId = id + 1, Start = new CallStart { Method = 20002 }, Count = new Text(), HalfClose = true,
            });
        }

        Dictionary<ulong, int> headers = [];
        for (int ends = 0; ends < 400;)
        {
            ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
            if (frame.Headers is not null)
            {
                Assert.Equal("value", frame.Headers.Metadata.Value("key"));
                headers[frame.CallId] = headers.GetValueOrDefault(frame.CallId) + 1;
            }

            Assert.Equal(1, headers[frame.CallId]);
            ends += frame.End is null ? 0 : 1;
        }
    }

    [Fact]
    public async Task Response_headers_without_entries_leave_all_the_same()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static async (request, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            return request;
        };
        await session.CallEchoAsync(1, "hello");
        Assert.Empty((await session.Channel.ReceiveAsync()).Headers.Metadata);
    }

    [Fact]
    public async Task Response_headers_can_be_sent_only_once_and_only_before_messages()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static async (request, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
            return request;
        };
        session.Service.OnCount = static async (request, responses, context) =>
        {
            await responses.WriteAsync(request);
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
        };
        await session.CallEchoAsync(1, "");
        Assert.Equal("", (await session.Channel.ReceiveEndAsync(1)).Message);
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            CallId = 2, Start = new CallStart { Method = 20002 }, Count = new Text(), HalfClose = true,
        });
        Assert.Equal("", (await session.Channel.ReceiveEndAsync(2)).Message);
    }

    [Fact]
    public async Task Reserved_metadata_is_not_accepted_out()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static async (request, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "content-type", "x" }, { "grpc-encoding", "x" }, { "mine", "1" } });
            context.ResponseTrailers.Add("grpc-status", "9");
            context.ResponseTrailers.Add("te", "x");
            context.ResponseTrailers.Add("grpc-retry-pushback-ms", "5");
            return request;
        };
        await session.CallEchoAsync(1, "");
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal("mine", Assert.Single(frames[0].Headers.Metadata).Key);
        Assert.Equal("grpc-retry-pushback-ms", Assert.Single(frames[^1].End.Trailers).Key);
    }

    [Theory]
    [InlineData("line\r\nbreak")]
    [InlineData("nul\0")]
    [InlineData("ümlaut")]
    public async Task A_header_value_that_could_forge_a_header_is_refused(string value)
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = async (request, context) =>
        {
            await Assert.ThrowsAsync<ArgumentException>(() => context.WriteResponseHeadersAsync(new Metadata { { "key", value } }));
            context.ResponseTrailers.Add("key", value);
            return request;
        };
        await session.CallEchoAsync(1, "");
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal("", end.Message);
        Assert.Empty(end.Trailers);
    }

    [Fact]
    public async Task Metadata_over_the_routers_limit_exhausts_a_resource()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.MaxMetadataSize = 1_000);
        session.Service.OnEcho = static async (request, context) =>
        {
            if (request.Value == "headers")
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "key", new string('x', 1_000) } });
            }

            context.ResponseTrailers.Add("key", new string('x', 1_000));
            return request;
        };
        await session.CallEchoAsync(1, "headers");
        Assert.Equal((uint)StatusCode.ResourceExhausted, (await session.Channel.ReceiveEndAsync(1)).Code);
        await session.CallEchoAsync(2, "trailers");
        CallEnd end = await session.Channel.ReceiveEndAsync(2);
        Assert.Equal((uint)StatusCode.ResourceExhausted, end.Code);
        Assert.Empty(end.Trailers);
    }

    [Fact]
    public async Task Metadata_up_to_the_limit_stays_within_the_largest_frame()
    {
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions { MaxMetadataSize = 1024 * 1024 },
            registered: static answer =>
            {
                answer.MaxMetadataSize = 1024 * 1024;
                answer.MaxFrameSize = 65_536;
            });
        string value = new('x', 50_000);
        session.Service.OnCount = async (_, responses, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "key", value } });
            await responses.WriteAsync(new Text { Value = new string('y', 16_000) });
            context.ResponseTrailers.Add("key", value);
        };
        session.Service.OnEcho = (_, context) =>
        {
            context.ResponseTrailers.Add("key", value);
            return Task.FromResult(new Text { Value = new string('y', 16_000) });
        };
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            CallId = 1, Start = new CallStart { Method = 20002 }, Count = new Text(), HalfClose = true,
        });
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        await session.CallEchoAsync(2, "");
        frames.AddRange(await session.Channel.ReceiveCallAsync(2));
        Assert.All(frames, static frame => Assert.InRange(frame.CalculateSize(), 1, 65_536));
        Assert.Equal(2, frames.Count(frame => frame.End?.Trailers.Value("key") == value));
    }

    [Fact]
    public async Task User_state_and_trailers_belong_to_one_call()
    {
        await using Session session = await Session.StartAsync();
        for (ulong id = 1; id <= 2; id++)
        {
            string told = await AskAsync(
                session,
                static context =>
                {
                    string found = $"{context.UserState.ContainsKey("mine")} {context.ResponseTrailers.Count} {context.Status.StatusCode}";
                    context.UserState["mine"] = 1;
                    return found;
                },
                callId: id);
            Assert.Equal("False 0 OK", told);
        }
    }

    [Fact]
    public async Task Context_propagation_says_that_it_is_not_supported()
    {
        await using Session session = await Session.StartAsync();
        string told = await AskAsync(session, static context => Assert.Throws<NotSupportedException>(() => context.CreatePropagationToken()).Message);
        Assert.NotEmpty(told);
    }

    private static async Task<string> AskAsync(
        Session session, Func<ServerCallContext, string> ask, Action<CallStart>? start = null, ulong callId = 1)
    {
        session.Service.OnEcho = (_, context) => Task.FromResult(new Text { Value = ask(context) });
        await session.CallEchoAsync(callId, "", start);
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal("", frame.End.Message);
        return frame.Echo.Value;
    }
}
