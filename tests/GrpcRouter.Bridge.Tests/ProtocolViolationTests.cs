using Google.Protobuf;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

public sealed class ProtocolViolationTests
{
    /// <summary>What has been sent on call 1 before.</summary>
    public enum State
    {
        Unknown,
        Open,
        InMessage,
        HalfClosed,
        Ended,
    }

    /// <summary>What comes then.</summary>
    public enum Kind
    {
        Start,
        Payload,
        PayloadOfAnotherMethod,
        FirstFragment,
        NextFragment,
        LongFragment,
        WholeAndFragment,
        HalfClose,
        Cancel,
        Credit,
    }

    public static TheoryData<State, Kind> Refused => new()
    {
        { State.Open, Kind.Start },
        { State.Open, Kind.PayloadOfAnotherMethod },
        { State.Open, Kind.NextFragment },
        { State.Open, Kind.WholeAndFragment },
        { State.InMessage, Kind.Start },
        { State.InMessage, Kind.Payload },
        { State.InMessage, Kind.FirstFragment },
        { State.InMessage, Kind.LongFragment },
        { State.InMessage, Kind.HalfClose },
        { State.HalfClosed, Kind.Start },
        { State.HalfClosed, Kind.Payload },
        { State.HalfClosed, Kind.FirstFragment },
        { State.HalfClosed, Kind.NextFragment },
        { State.HalfClosed, Kind.HalfClose },
    };

    public static TheoryData<State, Kind> Accepted => new()
    {
        { State.Unknown, Kind.Start },
        { State.Unknown, Kind.Payload },
        { State.Unknown, Kind.FirstFragment },
        { State.Unknown, Kind.NextFragment },
        { State.Unknown, Kind.HalfClose },
        { State.Unknown, Kind.Cancel },
        { State.Unknown, Kind.Credit },
        { State.Open, Kind.Payload },
        { State.Open, Kind.FirstFragment },
        { State.Open, Kind.HalfClose },
        { State.Open, Kind.Cancel },
        { State.Open, Kind.Credit },
        { State.InMessage, Kind.NextFragment },
        { State.InMessage, Kind.Cancel },
        { State.InMessage, Kind.Credit },
        { State.HalfClosed, Kind.Cancel },
        { State.HalfClosed, Kind.Credit },
        { State.Ended, Kind.Start },
        { State.Ended, Kind.Payload },
        { State.Ended, Kind.FirstFragment },
        { State.Ended, Kind.NextFragment },
        { State.Ended, Kind.HalfClose },
        { State.Ended, Kind.Cancel },
        { State.Ended, Kind.Credit },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_frame_out_of_order_ends_the_channel_with_the_reason(State state, Kind kind)
    {
        await using Session session = await Session.StartAsync(HoldingService(), new BridgeOptions { StopGrace = TimeSpan.Zero });
        await BringToAsync(session, state);
        await session.Channel.SendAsync(Frame(kind));
        await AssertViolationAsync(session.Channel);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_frame_in_its_place_keeps_the_channel(State state, Kind kind)
    {
        await using Session session = await Session.StartAsync(HoldingService(), new BridgeOptions { StopGrace = TimeSpan.Zero });
        await BringToAsync(session, state);
        await session.Channel.SendAsync(Frame(kind));
        Assert.DoesNotContain(await session.Channel.SettleAsync(), static frame => frame.Control is not null);
        await session.CallEchoAsync(2, "alive");
        List<ProbeInstanceFrame> frames = await session.Channel.ReceiveCallAsync(2);
        Assert.Equal("alive", frames[0].Echo.Value);
    }

    [Fact]
    public async Task A_start_without_a_method_ends_the_channel()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 0));
        await AssertViolationAsync(session.Channel);
    }

    [Fact]
    public async Task A_start_that_disagrees_with_its_payload_ends_the_channel()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart { Method = 20001 }, Chat = new Text() });
        await AssertViolationAsync(session.Channel);
    }

    [Fact]
    public async Task A_second_answer_to_the_registration_ends_the_channel()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(new ProbeRouterFrame
        {
            Control = new RouterControl { Registered = new Registered { Version = 1, InitialWindow = 65_536, MaxFrameSize = 65_536 } },
        });
        await AssertViolationAsync(session.Channel);
    }

    [Theory]
    [InlineData("00FFFFFFFF")]
    [InlineData("0000000000")]
    [InlineData("0100000000")]
    [InlineData("0000000002 0FFF")]
    [InlineData("0000000003 080112")]
    [InlineData("0000000004 08010801")]
    [InlineData("0000000004 7A021AFF")]
    public async Task Bytes_that_are_no_frame_end_the_channel(string bytes)
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendRawAsync(Convert.FromHexString(bytes.Replace(" ", "")));
        await AssertViolationAsync(session.Channel);
    }

    [Fact]
    public async Task A_control_frame_of_a_later_version_is_ignored()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendRawAsync(Convert.FromHexString("0000000006" + "7A04" + "F2010100"));
        await session.CallEchoAsync(1, "alive");
        Assert.Equal("alive", (await session.Channel.ReceiveAsync()).Echo.Value);
    }

    [Fact]
    public async Task The_bridge_dials_again_after_a_violation()
    {
        await using Session session = await Session.StartAsync();
        await session.Channel.SendAsync(FrameExtensions.Start(1, 0));
        ScriptedChannel second = await session.Router.AcceptAsync();
        await second.RegisterAsync();
        await second.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart(), Echo = new Text { Value = "again" }, HalfClose = true });
        Assert.Equal("again", (await second.ReceiveAsync()).Echo.Value);
    }

    private static ProbeService HoldingService() => new()
    {
        OnCollect = static async (_, context) =>
        {
            TaskCompletionSource canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(canceled.SetResult);
            await canceled.Task;
            return new Text();
        },
    };

    private static async Task BringToAsync(Session session, State state)
    {
        if (state == State.Unknown)
        {
            return;
        }

        await session.Channel.SendAsync(FrameExtensions.Start(1, 20003));
        switch (state)
        {
            case State.InMessage:
                await session.Channel.SendAsync(new ProbeRouterFrame { CallId = 1, MessageLength = 10, Fragment = ByteString.CopyFrom(1, 2, 3) });
                break;
            case State.HalfClosed:
                await session.Channel.SendAsync(Frame(Kind.HalfClose));
                break;
            case State.Ended:
                await session.Channel.SendAsync(Frame(Kind.Cancel));
                await session.Channel.ReceiveEndAsync(1);
                break;
        }
    }

    private static ProbeRouterFrame Frame(Kind kind)
    {
        ProbeRouterFrame frame = new() { CallId = 1 };
        switch (kind)
        {
            case Kind.Start:
                frame.Start = new CallStart { Method = 20003 };
                break;
            case Kind.Payload:
                frame.Collect = new Text();
                break;
            case Kind.PayloadOfAnotherMethod:
                frame.Echo = new Text();
                break;
            case Kind.FirstFragment:
                frame.MessageLength = 10;
                frame.Fragment = ByteString.CopyFrom(1);
                break;
            case Kind.NextFragment:
                frame.Fragment = ByteString.CopyFrom(1);
                break;
            case Kind.LongFragment:
                frame.Fragment = ByteString.CopyFrom(new byte[8]);
                break;
            case Kind.WholeAndFragment:
                frame.Collect = new Text();
                frame.Fragment = ByteString.CopyFrom(1);
                break;
            case Kind.HalfClose:
                frame.HalfClose = true;
                break;
            case Kind.Cancel:
                frame.Cancel = new CallCancel();
                break;
            case Kind.Credit:
                frame.Credit = 100;
                break;
        }

        return frame;
    }

    private static async Task AssertViolationAsync(ScriptedChannel channel)
    {
        ProbeInstanceFrame frame;
        do
        {
            frame = await channel.ReceiveAsync();
        }
        while (frame.Control is null);

        Assert.Equal(ChannelErrorCode.Violation, frame.Control.Error?.Code);
        Assert.NotEmpty(frame.Control.Error!.Message);
        await channel.Closed.WaitAsync(Patience.Limit);
    }
}
