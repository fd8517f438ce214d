using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class UnaryCallTests
{
    [Fact]
    public async Task A_unary_call_is_answered_in_one_frame()
    {
        await using Session session = await Session.StartAsync();
        await session.CallEchoAsync(7, "hello");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal(7ul, frame.CallId);
        Assert.Equal("hello", frame.Echo.Value);
        Assert.Equal(0u, frame.End.Code);
        Assert.Null(frame.Headers);
    }

    [Fact]
    public async Task The_payload_alone_may_name_the_method()
    {
        await using Session session = await Session.StartAsync();
        await session.CallEchoAsync(1, "hello", static start => start.Method = 0);
        Assert.Equal("hello", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        await using Session session = await Session.StartAsync();
        await session.CallEchoAsync(1, "");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal(ProbeInstanceFrame.ResponseOneofCase.Echo, frame.ResponseCase);
        Assert.Equal(0u, frame.End.Code);
    }

    [Fact]
    public async Task A_request_in_fragments_is_put_together()
    {
        await using Session session = await Session.StartAsync();
        string value = string.Concat(Enumerable.Range(0, 8_000).Select(static i => (char)('a' + (i % 26))));
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20001));
        foreach (ProbeRouterFrame fragment in FrameExtensions.Fragments(1, new Text { Value = value }.ToByteArray(), 777))
        {
            await session.Channel.SendAsync(fragment);
        }

        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        Assert.Equal(value, (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task A_large_response_leaves_in_fragments_and_ends_with_the_last()
    {
        await using Session session = await Session.StartAsync();
        string value = new('x', 50_000);
        session.Service.OnEcho = (_, _) => Task.FromResult(new Text { Value = value });
        await session.CallEchoAsync(1, "");
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal(4, frames.Count);
        Assert.All(frames, static frame => Assert.InRange(frame.Fragment.Length, 1, 16_384));
        Assert.Equal((ulong)new Text { Value = value }.CalculateSize(), frames[0].MessageLength);
        Assert.All(frames.Skip(1), static frame => Assert.False(frame.HasMessageLength));
        Assert.Equal(value, Text.Parser.ParseFrom(frames.Join()).Value);
        Assert.Equal(0u, frames[^1].End.Code);
    }

    [Fact]
    public async Task A_call_to_an_unknown_method_is_unimplemented()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            CallId = 1, Start = new CallStart { Method = 20005 }, Missing = new Text(), HalfClose = true,
        });
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((uint)StatusCode.Unimplemented, end.Code);
        Assert.True(end.NotDispatched);
    }

    [Fact]
    public async Task Frames_of_a_refused_call_are_ignored()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20005));
        await session.Channel.ReceiveEndAsync(1);
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Missing = new Text(), HalfClose = true });
        await session.CallEchoAsync(2, "still here");
        Assert.Equal("still here", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task A_call_without_a_request_message_is_unimplemented()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20001 }, HalfClose = true });
        Assert.Equal((uint)StatusCode.Unimplemented, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Theory]
    [InlineData(20001u)]
    [InlineData(20002u)]
    public async Task A_second_request_where_one_is_due_is_unimplemented(uint method)
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, method));
        for (int i = 0; i < 2; i++)
        {
            ProbeRouterFrame frame = new() { CallId = 1 };
            if (method == 20001)
            {
                frame.Echo = new Text();
            }
            else
            {
                frame.Count = new Text();
            }

            await session.Channel.SendAsync(frame);
        }

        Assert.Equal((uint)StatusCode.Unimplemented, (await session.Channel.ReceiveEndAsync(1)).Code);
        await session.CallEchoAsync(2, "the channel lives");
        Assert.Equal("the channel lives", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task A_handler_that_returns_no_message_cancels_the_call()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static (_, _) => Task.FromResult<Text>(null!);
        await session.CallEchoAsync(1, "");
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((uint)StatusCode.Cancelled, end.Code);
        Assert.Equal("No message returned from method.", end.Message);
    }

    [Theory]
    [InlineData(false, "Exception was thrown by handler.")]
    [InlineData(true, "Exception was thrown by handler. InvalidOperationException: outer secret ArgumentException: inner secret")]
    public async Task A_handlers_exception_is_unknown_and_tells_its_text_only_when_asked(bool detailed, string message)
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { EnableDetailedErrors = detailed });
        session.Service.OnEcho = static (_, _) => throw new InvalidOperationException("outer secret", new ArgumentException("inner secret"));
        await session.CallEchoAsync(1, "");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal((uint)StatusCode.Unknown, frame.End.Code);
        Assert.Equal(message, frame.End.Message);
        Assert.Null(frame.Headers);
        Assert.Equal(ProbeInstanceFrame.ResponseOneofCase.None, frame.ResponseCase);
    }

    [Fact]
    public async Task An_RpcException_ends_the_call_with_its_status_and_all_trailers()
    {
        await using Session session = await Session.StartAsync();
        byte[] details = [0, 1, 2, 255, 254];
        session.Service.OnEcho = (_, context) =>
        {
            context.ResponseTrailers.Add("from-context", "a");
            Metadata trailers = new() { { "from-exception", "b" }, { "bytes-bin", [0, 0xFF] }, { "grpc-status-details-bin", details } };
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "no 🙂\n"), trailers);
        };
        await session.CallEchoAsync(1, "");
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal((uint)StatusCode.FailedPrecondition, end.Code);
        Assert.Equal("no 🙂\n", end.Message);
        Assert.Equal(details, end.Details.ToByteArray());
        Assert.Equal("a", end.Trailers.Value("from-context"));
        Assert.Equal("b", end.Trailers.Value("from-exception"));
        Assert.Equal("AP8", end.Trailers.Value("bytes-bin"));
        Assert.Equal(3, end.Trailers.Count);
    }

    [Fact]
    public async Task White_space_at_the_edges_of_a_trailer_is_taken_off()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = (request, context) =>
        {
            context.ResponseTrailers.Add("padded", " a b\t");
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "");
        Assert.Equal("a b", (await session.Channel.ReceiveEndAsync(1)).Trailers.Value("padded"));
    }

    [Fact]
    public async Task A_status_code_of_the_future_passes_as_it_is()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static (_, _) => throw new RpcException(new Status((StatusCode)99, ""));
        await session.CallEchoAsync(1, "");
        Assert.Equal(99u, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task A_status_set_on_the_context_travels_behind_the_message()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static (request, context) =>
        {
            context.Status = new Status(StatusCode.DataLoss, "some");
            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "hello");
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal("hello", frame.Echo.Value);
        Assert.Equal((uint)StatusCode.DataLoss, frame.End.Code);
    }

    [Fact]
    public async Task An_over_long_status_message_is_cut()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnEcho = static (_, _) => throw new RpcException(new Status(StatusCode.Internal, new string('ä', 100_000)));
        await session.CallEchoAsync(1, "");
        CallEnd end = await session.Channel.ReceiveEndAsync(1);
        Assert.Equal(new string('ä', 1024), end.Message);
    }

    [Fact]
    public async Task A_request_that_is_no_such_message_is_internal()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20001));
        await session.Channel.SendAsync(FrameExtensions.Fragments(1, [0x0A, 0x7F], 100).Single());
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        Assert.Equal((uint)StatusCode.Internal, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task A_handler_that_blocks_holds_up_no_other_call()
    {
        await using Session session = await Session.StartAsync();
        using ManualResetEventSlim release = new();
        session.Service.OnEcho = (request, _) =>
        {
            if (request.Value == "block")
            {
                release.Wait();
            }

            return Task.FromResult(request);
        };
        await session.CallEchoAsync(1, "block");
        await session.CallEchoAsync(2, "pass");
        Assert.Equal("pass", (await session.Channel.ReceiveAsync()).Echo.Value);
        release.Set();
        Assert.Equal("block", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task Many_calls_at_once_are_each_answered_once_and_leave_nothing()
    {
        await using Session session = await Session.StartAsync();
        const int Count = 2_000;
        Task sending = Task.Run(async () =>
        {
            for (ulong id = 1; id <= Count; id++)
            {
                await session.CallEchoAsync(id, id.ToString());
            }
        });
        HashSet<ulong> answered = [];
        for (int i = 0; i < Count; i++)
        {
            ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
            Assert.Equal(frame.CallId.ToString(), frame.Echo.Value);
            Assert.True(answered.Add(frame.CallId));
        }

        await sending;
        Assert.Equal(0, session.Bridge.LiveCalls);
        await session.Bridge.WhenHandlersAreGoneAsync();
    }
}
