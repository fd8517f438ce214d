using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class StreamingCallTests
{
    [Fact]
    public async Task Server_streaming_sends_each_message_and_then_the_end()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(Count(1, "3"));
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal(["1", "2", "3"], frames.SkipLast(1).Select(static frame => frame.Count.Value));
        Assert.Equal(0u, frames[^1].End.Code);
    }

    [Fact]
    public async Task Server_streaming_without_messages_is_an_end_alone()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(Count(1, "0"));
        ProbeInstanceFrame frame = Assert.Single(await session.Channel.ReceiveCallAsync(1));
        Assert.Null(frame.Headers);
        Assert.Equal(ProbeInstanceFrame.ResponseOneofCase.None, frame.ResponseCase);
        Assert.Equal(0u, frame.End.Code);
    }

    [Fact]
    public async Task Client_streaming_reads_all_messages_in_order()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20003));
        foreach (string value in new[] { "a", "", "b" })
        {
            await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Collect = new Text { Value = value } });
        }

        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
        Assert.Equal("a++b", frame.Collect.Value);
        Assert.Equal(0u, frame.End.Code);
    }

    [Fact]
    public async Task Client_streaming_without_messages_ends_the_stream_at_once()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20003 }, HalfClose = true });
        Assert.Equal("", (await session.Channel.ReceiveAsync()).Collect.Value);
    }

    [Fact]
    public async Task Each_duplex_message_is_answered_before_the_next_is_sent()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20004));
        foreach (string value in new[] { "ping", "pong", "again" })
        {
            await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Chat = new Text { Value = value } });
            Assert.Equal(value, (await session.Channel.ReceiveAsync()).Chat.Value);
        }

        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        Assert.Equal(0u, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task The_end_of_the_stream_stays_the_end()
    {
        await using Session session = await Session.StartAsync();
        List<bool> moves = [];
        session.Service.OnChat = async (requests, responses, _) =>
        {
            moves.Add(await requests.MoveNext(CancellationToken.None));
            moves.Add(await requests.MoveNext(CancellationToken.None));
            Assert.Throws<InvalidOperationException>(() => requests.Current);
            await responses.WriteAsync(new Text { Value = "after the half-close" });
        };
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20004 }, HalfClose = true });
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal("after the half-close", frames[0].Chat.Value);
        Assert.Equal(0u, frames[^1].End.Code);
        Assert.Equal([false, false], moves);
    }

    [Fact]
    public async Task A_handler_may_finish_with_requests_unread()
    {
        await using Session session = await Session.StartAsync();
        session.Service.OnCollect = static (_, _) => Task.FromResult(new Text { Value = "enough" });
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20003 }, Collect = new Text() });
        Assert.Equal("enough", (await session.Channel.ReceiveAsync()).Collect.Value);
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Collect = new Text() });
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        await session.CallEchoAsync(2, "next");
        Assert.Equal("next", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task Two_reads_at_once_are_refused()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnChat = async (requests, _, _) =>
        {
            Task<bool> first = requests.MoveNext(CancellationToken.None);
            await Assert.ThrowsAsync<InvalidOperationException>(() => requests.MoveNext(CancellationToken.None));
            refused.SetResult();
            Assert.False(await first);
        };
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20004));
        await refused.Task.WaitAsync(Patience.Limit);
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        Assert.Equal("", (await session.Channel.ReceiveEndAsync(1)).Message);
    }

    [Fact]
    public async Task Two_writes_at_once_are_refused_and_the_first_goes_out()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.InitialWindow = 16_384);
        TaskCompletionSource refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnCount = async (_, responses, _) =>
        {
            Task first = responses.WriteAsync(new Text { Value = new string('x', 20_000) });
            await Assert.ThrowsAsync<InvalidOperationException>(() => responses.WriteAsync(new Text()));
            refused.SetResult();
            await first;
        };
        await session.Channel.SendAsync(Count(1, ""));
        ProbeInstanceFrame opening = await session.Channel.ReceiveAsync();
        await refused.Task.WaitAsync(Patience.Limit);
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Credit = 16_384 });
        List<ProbeInstanceFrame> frames = [opening, .. await session.Channel.ReceiveCallAsync(1)];
        Assert.Equal(20_000, Text.Parser.ParseFrom(frames.Join()).Value.Length);
        Assert.Equal("", frames[^1].End.Message);
    }

    [Fact]
    public async Task A_write_after_the_call_throws()
    {
        await using Session session = await Session.StartAsync();
        IServerStreamWriter<Text>? kept = null;
        session.Service.OnCount = (_, responses, _) =>
        {
            kept = responses;
            return Task.CompletedTask;
        };
        await session.Channel.SendAsync(Count(1, ""));
        await session.Channel.ReceiveEndAsync(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => kept!.WriteAsync(new Text()));
    }

    [Fact]
    public async Task A_write_that_was_not_awaited_still_leaves_before_the_end()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.InitialWindow = 16_384);
        session.Service.OnCount = static (_, responses, _) =>
        {
            _ = responses.WriteAsync(new Text { Value = new string('x', 20_000) });
            return Task.CompletedTask;
        };
        await session.Channel.SendAsync(Count(1, ""));
        ProbeInstanceFrame opening = await session.Channel.ReceiveAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Credit = 16_384 });
        List<ProbeInstanceFrame> frames = [opening, .. await session.Channel.ReceiveCallAsync(1)];
        Assert.Equal(20_000, Text.Parser.ParseFrom(frames.Join()).Value.Length);
    }

    [Fact]
    public async Task A_read_can_be_canceled_and_the_stream_read_on()
    {
        await using Session session = await Session.StartAsync();
        TaskCompletionSource canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnChat = async (requests, responses, _) =>
        {
            using CancellationTokenSource source = new();
            Task<bool> first = requests.MoveNext(source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
            canceled.SetResult();
            Assert.True(await requests.MoveNext(CancellationToken.None));
            await responses.WriteAsync(requests.Current);
        };
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20004));
        await canceled.Task.WaitAsync(Patience.Limit);
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Chat = new Text { Value = "still read" } });
        Assert.Equal("still read", (await session.Channel.ReceiveAsync()).Chat.Value);
        Assert.Equal("", (await session.Channel.ReceiveEndAsync(1)).Message);
    }

    private static ProbeRouterFrame Count(ulong callId, string value) => new()
    {
        CallId = callId, Start = new CallStart { Method = 20002 }, Count = new Text { Value = value }, HalfClose = true,
    };
}
