using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class CreditTests
{
    private const int Window = 16_384;

    [Fact]
    public async Task The_instance_offers_its_window()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { CallWindow = 20_000 });
        Assert.Equal(20_000u, session.Hello.InitialWindow);
    }

    [Fact]
    public async Task A_response_stops_at_the_credit_and_goes_on_with_more()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.InitialWindow = Window);
        byte[] message = new Text { Value = new string('x', 40_000) }.ToByteArray();
        session.Service.OnEcho = static (_, _) => Task.FromResult(new Text { Value = new string('x', 40_000) });
        await session.CallEchoAsync(1, "");
        List<ProbeInstanceFrame> frames = [];
        long credit = Window;
        while (frames.Count == 0 || frames[^1].End is null)
        {
            frames.Add(await session.Channel.ReceiveAsync());
            credit -= frames[^1].Cost();
            Assert.True(credit >= 0);
            if (credit == 0)
            {
                credit = 9_000;
                await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Credit = 9_000 });
            }
        }

        Assert.Equal(message, frames.Join());
    }

    [Fact]
    public async Task A_small_message_waits_for_credit_rather_than_being_cut()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.InitialWindow = Window);
        session.Service.OnCount = static async (_, responses, _) =>
        {
            for (int i = 0; i < 3; i++)
            {
                await responses.WriteAsync(new Text { Value = new string('x', 7_000) });
            }
        };
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            CallId = 1, Start = new CallStart { Method = 20002 }, Count = new Text(), HalfClose = true,
        });
        Assert.Equal(7_000, (await session.Channel.ReceiveAsync()).Count.Value.Length);
        Assert.Equal(7_000, (await session.Channel.ReceiveAsync()).Count.Value.Length);
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Credit = Window });
        Assert.Equal(7_000, (await session.Channel.ReceiveAsync()).Count.Value.Length);
    }

    [Fact]
    public async Task An_empty_message_costs_its_prefix()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.InitialWindow = Window);
        session.Service.OnCount = static async (_, responses, _) =>
        {
            for (int i = 0; i < (Window / 5) + 1; i++)
            {
                await responses.WriteAsync(new Text());
            }
        };
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            CallId = 1, Start = new CallStart { Method = 20002 }, Count = new Text(), HalfClose = true,
        });
        for (int i = 0; i < Window / 5; i++)
        {
            Assert.Null((await session.Channel.ReceiveAsync()).End);
        }

        Assert.Empty(await session.Channel.SettleAsync());
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Credit = 5 });
        Assert.Equal(2, (await session.Channel.ReceiveCallAsync(1)).Count);
    }

    [Fact]
    public async Task Credit_comes_back_in_batches_of_half_a_window_as_messages_are_read()
    {
        await using Session session = await Session.StartAsync(
            LengthService(), new BridgeOptions { CallWindow = Window, MaxCallWindow = Window });
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20003));
        ProbeRouterFrame frame = new() { CallId = 1, Collect = new Text { Value = new string('x', 1_000) } };
        int cost = frame.Collect.CalculateSize() + 5;
        long credit = Window;
        for (int i = 0; i < 100; i++)
        {
            while (credit < cost)
            {
                ProbeInstanceFrame grant = await session.Channel.ReceiveAsync();
                Assert.InRange(grant.Credit, (ulong)Window / 2, (ulong)Window);
                credit += (long)grant.Credit;
            }

            await session.Channel.SendAsync(frame);
            credit -= cost;
        }

        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        Assert.Equal(0u, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task A_handler_that_does_not_read_gives_no_credit()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { CallWindow = Window });
        TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnCollect = async (requests, _) =>
        {
            await read.Task;
            Assert.True(await requests.MoveNext(CancellationToken.None));
            Assert.True(await requests.MoveNext(CancellationToken.None));
            return new Text();
        };
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20003));
        byte[] half = new Text { Value = new string('x', (Window / 2) - 5 - 3) }.ToByteArray();
        Assert.Equal((Window / 2) - 5, half.Length);
        for (int i = 0; i < 2; i++)
        {
            await session.Channel.SendAsync(FrameExtensions.Fragments(1, half, Window).Single());
        }

        Assert.Empty(await session.Channel.SettleAsync());
        read.SetResult();
        Assert.Equal((ulong)Window / 2, (await session.Channel.ReceiveAsync()).Credit);
    }

    [Fact]
    public async Task A_message_larger_than_the_window_comes_through_while_the_handler_waits()
    {
        await using Session session = await Session.StartAsync(
            LengthService(), new BridgeOptions { CallWindow = Window, MaxCallWindow = Window });
        byte[] message = new Text { Value = new string('x', 10 * Window) }.ToByteArray();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20003));
        long credit = Window;
        foreach (ProbeRouterFrame fragment in FrameExtensions.Fragments(1, message, 1_000))
        {
            int cost = fragment.Fragment.Length + (fragment.HasMessageLength ? 5 : 0);
            while (credit < cost)
            {
                credit += (long)(await session.Channel.ReceiveAsync()).Credit;
            }

            await session.Channel.SendAsync(fragment);
            credit -= cost;
        }

        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, HalfClose = true });
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(1);
        Assert.Equal((10 * Window).ToString(), frames[^1].Collect.Value);
    }

    [Fact]
    public async Task A_router_that_sends_beyond_its_credit_ends_that_call_alone()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { CallWindow = Window });
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Service.OnCollect = async (_, context) =>
        {
            entered.SetResult();
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(canceled.SetResult);
            await canceled.Task;
            return new Text();
        };
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20003));
        await entered.Task.WaitAsync(Patience.Limit);
        foreach (ProbeRouterFrame fragment in FrameExtensions.Fragments(1, new byte[Window - 4], 8_000))
        {
            await session.Channel.SendAsync(fragment);
        }

        Assert.Equal((uint)StatusCode.Internal, (await session.Channel.ReceiveEndAsync(1)).Code);
        await canceled.Task.WaitAsync(Patience.Limit);
        await session.CallEchoAsync(2, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task Credit_beyond_what_a_window_holds_ends_that_call_alone()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20004));
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Credit = int.MaxValue });
        Assert.Equal((uint)StatusCode.Internal, (await session.Channel.ReceiveEndAsync(1)).Code);
        await session.Channel.SendAsync(FrameExtensions.Start(2, 20004));
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 2, Credit = ulong.MaxValue });
        Assert.Equal((uint)StatusCode.Internal, (await session.Channel.ReceiveEndAsync(2)).Code);
        await session.CallEchoAsync(3, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Theory]
    [InlineData(1_001ul)]
    [InlineData(uint.MaxValue)]
    [InlineData(ulong.MaxValue)]
    public async Task A_message_declared_over_the_limit_is_refused_before_its_bytes(ulong length)
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { MaxReceiveMessageSize = 1_000 });
        await session.Channel.SendAsync(FrameExtensions.Start(1, 20003));
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, MessageLength = length });
        Assert.Equal((uint)StatusCode.ResourceExhausted, (await session.Channel.ReceiveEndAsync(1)).Code);
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Fragment = ByteString.CopyFrom(new byte[500]) });
        await session.CallEchoAsync(2, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task A_message_of_the_limit_passes()
    {
        await using Session session = await Session.StartAsync(options: new BridgeOptions { MaxReceiveMessageSize = 102 });
        await session.CallEchoAsync(1, new string('x', 100));
        Assert.Equal(100, (await session.Channel.ReceiveAsync()).Echo.Value.Length);
        await session.CallEchoAsync(2, new string('x', 101));
        Assert.Equal((uint)StatusCode.ResourceExhausted, (await session.Channel.ReceiveEndAsync(2)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_response_over_the_limit_is_refused(bool limitOfRouter)
    {
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions { MaxSendMessageSize = limitOfRouter ? null : 1_000 },
            registered: answer => answer.MaxMessageSize = limitOfRouter ? 1_000u : 0);
        session.Service.OnEcho = static (_, _) => Task.FromResult(new Text { Value = new string('x', 1_000) });
        await session.CallEchoAsync(1, "");
        Assert.Equal((uint)StatusCode.ResourceExhausted, (await session.Channel.ReceiveEndAsync(1)).Code);
    }

    [Fact]
    public async Task Calls_that_wait_for_credit_hold_up_no_other()
    {
        await using Session session = await Session.StartAsync(
            options: new BridgeOptions { StopGrace = TimeSpan.Zero }, registered: static answer => answer.InitialWindow = Window);
        session.Service.OnCount = static (_, responses, _) => responses.WriteAsync(new Text { Value = new string('x', 1_000_000) });
        const int Stalled = 200;
        for (ulong id = 1; id <= Stalled; id++)
        {
            await session.Channel.SendAsync(new ProbeRouterFrame
            {
                CallId = id, Start = new CallStart { Method = 20002 }, Count = new Text(), HalfClose = true,
            });
        }

        for (ulong id = 1; id <= Stalled; id++)
        {
            Assert.Equal(Window, (await session.Channel.ReceiveAsync()).Cost());
        }

        for (ulong id = 1_000; id < 1_100; id++)
        {
            await session.CallEchoAsync(id, "pass");
            Assert.Equal("pass", (await session.Channel.ReceiveAsync()).Echo.Value);
        }
    }

    [Fact]
    public async Task Large_responses_at_once_all_arrive_whole()
    {
        await using Session session = await Session.StartAsync(registered: static answer => answer.InitialWindow = 4_000_000);
        const int Size = 1_600_000;
        session.Service.OnEcho = static (_, _) => Task.FromResult(new Text { Value = new string('x', Size) });
        for (ulong id = 1; id <= 4; id++)
        {
            await session.CallEchoAsync(id, "");
        }

        Dictionary<ulong, List<ProbeInstanceFrame>> calls = [];
        for (int ends = 0; ends < 4;)
        {
            ProbeInstanceFrame frame = await session.Channel.ReceiveAsync();
            calls.TryAdd(frame.CallId, []);
            calls[frame.CallId].Add(frame);
            ends += frame.End is null ? 0 : 1;
        }

        Assert.All(calls.Values, static frames => Assert.Equal(Size, Text.Parser.ParseFrom(frames.Join()).Value.Length));
        Assert.All(calls.Values, static frames => Assert.Single(frames, static frame => frame.HasMessageLength));
    }

    private static ProbeService LengthService() => new()
    {
        OnCollect = static async (requests, _) =>
        {
            long length = 0;
            while (await requests.MoveNext(CancellationToken.None))
            {
                length += requests.Current.Value.Length;
            }

            return new Text { Value = length.ToString() };
        },
    };
}
