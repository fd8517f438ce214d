using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.HostileTests;

/// <summary>Instances that reach for calls of others, or send more than they may.</summary>
[Collection(Attacks.Name)]
public sealed class ChannelTests : HostileTest
{
    [Theory]
    [InlineData("another's")]
    [InlineData("its own of before")]
    [InlineData("0")]
    [InlineData("next")]
    [InlineData("18446744073709551615")]
    public async Task A_reply_to_a_call_that_is_not_the_instances_ends_its_channel_and_reaches_nobody(string whose)
    {
        Arena arena = await StartAsync(bridge: false);
        HostileInstance busy = await arena.RegisterAsync("busy");
        Target.TargetClient client = arena.CreateClient();
        AsyncUnaryCall<Chunk> first = client.UnaryAsync(new Chunk());
        ulong over = (await NextCallAsync(busy)).CallId;
        await AnswerAsync(busy, over, 1);
        Assert.Equal(1, (await first.ResponseAsync.Soon("The first call is not answered.")).Number);
        AsyncUnaryCall<Chunk> call = client.UnaryAsync(new Chunk());
        ulong live = (await NextCallAsync(busy)).CallId;
        bool own = whose == "its own of before";
        HostileInstance hostile = own ? busy : await arena.RegisterAsync("hostile");
        ulong id = whose switch
        {
            "another's" => live,
            "its own of before" => over,
            "next" => live + 1,
            _ => ulong.Parse(whose, System.Globalization.CultureInfo.InvariantCulture),
        };

        await AnswerAsync(hostile, id, 666);

        Assert.Equal(StatusCode.Internal, (await hostile.ReceiveEndAsync()).StatusCode);
        await arena.IsCaughtAsync(AbuseKinds.Violation, hostile.Peer);
        if (own)
        {
            RpcException lost = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.Soon("The lost call does not end."));
            Assert.Equal(StatusCode.Unavailable, lost.StatusCode);
            return;
        }

        await AnswerAsync(busy, live, 2);
        Assert.Equal(2, (await call.ResponseAsync.Soon("The call is not answered.")).Number);
    }

    [Theory]
    [InlineData(1UL << 31, 1)]
    [InlineData(1UL << 63, 1)]
    [InlineData(ulong.MaxValue, 1)]
    [InlineData((1UL << 31) - 1, 2)]
    public async Task Credit_beyond_what_a_window_may_hold_ends_the_channel(ulong credit, int times)
    {
        Arena arena = await StartAsync(bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        AsyncDuplexStreamingCall<Chunk, Chunk> call = arena.CreateClient().Talk();
        await call.RequestStream.WriteAsync(new Chunk());
        ulong id = (await NextCallAsync(hostile)).CallId;
        for (int i = 0; i < times; i++)
        {
            await hostile.SendAsync(new TargetInstanceFrame { CallId = id, Credit = credit });
        }

        Assert.Equal(StatusCode.Internal, (await hostile.ReceiveEndAsync()).StatusCode);
        await arena.IsCaughtAsync(AbuseKinds.Violation, hostile.Peer);
        RpcException lost = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).Soon("The lost call does not end."));
        Assert.Equal(StatusCode.Unavailable, lost.StatusCode);
    }

    [Fact]
    public async Task Calls_that_are_sent_more_than_was_asked_for_end_alone_and_hold_no_more_than_their_windows()
    {
        const int Streams = 64;
        Arena arena = await StartAsync(static options => options.MaxCallWindow = 1024 * 1024, bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        Http2Peer client = await arena.ConnectAsync(window: 0);
        List<ulong> ids = [];
        for (int i = 0; i < Streams; i++)
        {
            (int stream, byte[] open) = client.Open(Calls.Download);
            await client.SendAsync(open, Http2Peer.Data(stream, Calls.Message(new Chunk()), endStream: true));
            ids.Add((await NextCallAsync(hostile)).CallId);
        }

        // 64 KiB is what each was given.
        ByteString piece = ByteString.CopyFrom(new byte[16 * 1024]);
        foreach (ulong id in ids)
        {
            for (int i = 0; i < 16; i++)
            {
                await hostile.SendAsync(new TargetInstanceFrame { CallId = id, MessageLength = (ulong)piece.Length, Fragment = piece });
            }
        }

        await Until.TrueAsync(() => arena.Offences(AbuseKinds.CreditOverrun) == Streams, () => $"{arena.Offences(AbuseKinds.CreditOverrun)} calls were ended.");
        await arena.IsCaughtAsync(AbuseKinds.CreditOverrun, $"Instance hostile at {hostile.Peer} was stopped");
        MemoryIsWithin(32 * MiB);
        await Until.TrueAsync(() => arena.Router.ActiveCalls == 0, "Cancelled calls are left.");

        // The channel lives on until it sends a cancelled call more than 4 MiB.
        Assert.Equal(InstanceState.Ready, Assert.Single(arena.Router.Instances).State);
        for (int i = 0; i < 300 && arena.Router.OpenChannels > 0; i++)
        {
            await hostile.TrySendRawAsync(Frame(new TargetInstanceFrame { CallId = ids[0], MessageLength = (ulong)piece.Length, Fragment = piece }));
        }

        await Until.TrueAsync(() => arena.Router.OpenChannels == 0, "The channel takes data for a call that is over, without an end.");
        await arena.IsCaughtAsync(AbuseKinds.Violation, hostile.Peer);
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("pong")]
    [InlineData("report")]
    [InlineData("drain")]
    public async Task More_control_frames_than_a_channel_may_send_end_it(string kind)
    {
        Arena arena = await StartAsync(static options => options.Abuse.ControlFramesPerSecond = 10, bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        InstanceControl control = kind switch
        {
            "ping" => new InstanceControl { Ping = new Ping() },
            "pong" => new InstanceControl { Pong = new Pong() },
            "report" => new InstanceControl { LoadReport = new LoadReport() },
            _ => new InstanceControl { Drain = new Drain() },
        };
        for (int i = 0; i < 1000 && arena.Router.OpenChannels > 0; i++)
        {
            await hostile.TrySendRawAsync(Calls.Prefixed(Control(control.ToByteArray())));
        }

        RouterControl error = await hostile.ReceiveControlAsync(RouterControl.KindOneofCase.Error);
        Assert.Equal((ChannelErrorCode.Violation, "The instance sent more frames of the channel's own than it may."), (error.Error.Code, error.Error.Message));
        await arena.IsCaughtAsync(AbuseKinds.FrameFlood, hostile.Peer);
        MemoryIsWithin(16 * MiB);
    }

    [Theory]
    [InlineData("credit of nothing")]
    [InlineData("credit of a byte")]
    [InlineData("an empty fragment")]
    [InlineData("credit for a call that is over")]
    public async Task More_frames_that_carry_nothing_than_a_channel_may_send_end_it(string kind)
    {
        Arena arena = await StartAsync(static options => options.Abuse.EmptyFramesPerSecond = 10, bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        AsyncDuplexStreamingCall<Chunk, Chunk> call = arena.CreateClient().Talk();
        await call.RequestStream.WriteAsync(new Chunk());
        ulong id = (await NextCallAsync(hostile)).CallId;
        TargetInstanceFrame frame = new() { CallId = id };
        switch (kind)
        {
            case "credit of a byte":
                frame.Credit = 1;
                break;
            case "an empty fragment":
                await hostile.SendAsync(new TargetInstanceFrame { CallId = id, MessageLength = 100, Fragment = ByteString.CopyFrom(1) });
                frame.Fragment = ByteString.Empty;
                break;
            case "credit for a call that is over":
                await hostile.SendAsync(new TargetInstanceFrame { CallId = id, End = new CallEnd() });
                frame.Credit = 1;
                break;
        }

        for (int i = 0; i < 1000 && arena.Router.OpenChannels > 0; i++)
        {
            await hostile.TrySendRawAsync(Frame(frame));
        }

        await arena.IsCaughtAsync(AbuseKinds.FrameFlood, hostile.Peer);
        Assert.Equal(1, arena.Offences(AbuseKinds.FrameFlood));
        MemoryIsWithin(16 * MiB);
    }

    [Fact]
    public async Task A_message_in_fragments_of_a_byte_each_arrives_and_holds_nobody_up()
    {
        const int Length = 30_000;
        Arena arena = await StartAsync(bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        AsyncUnaryCall<Chunk> call = arena.CreateClient().UnaryAsync(new Chunk());
        ulong id = (await NextCallAsync(hostile)).CallId;
        byte[] answer = new Chunk { Data = ByteString.CopyFrom(new byte[Length]) }.ToByteArray();
        byte[] frames =
        [
            .. Frame(new TargetInstanceFrame { CallId = id, MessageLength = (ulong)answer.Length }),
            .. answer.SelectMany(each => Frame(new TargetInstanceFrame { CallId = id, Fragment = ByteString.CopyFrom(each) })),
        ];
        await hostile.SendRawAsync(frames);
        await arena.Victim.IsServedAsync();
        MemoryIsWithin(16 * MiB);
        await hostile.SendAsync(new TargetInstanceFrame { CallId = id, End = new CallEnd() });

        Assert.Equal(Length, (await call.ResponseAsync.Soon("The answer does not arrive.")).Data.Length);
    }

    [Theory]
    [InlineData(0xFFFFFFFF)]
    [InlineData(256 * 1024 + 1)]
    public async Task A_frame_over_the_limit_is_refused_by_its_prefix(uint length)
    {
        Arena arena = await StartAsync(bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        await hostile.SendRawAsync(new byte[] { 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length });

        Assert.Equal(StatusCode.Internal, (await hostile.ReceiveEndAsync()).StatusCode);
        await arena.IsCaughtAsync(AbuseKinds.Violation, hostile.Peer);
        MemoryIsWithin(16 * MiB);
    }

    [Fact]
    public async Task Fields_that_are_not_known_are_passed_over()
    {
        Arena arena = await StartAsync(bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();
        AsyncUnaryCall<Chunk> call = arena.CreateClient().UnaryAsync(new Chunk());
        ulong id = (await NextCallAsync(hostile)).CallId;

        // Field 100, 200,000 bytes.
        byte[] unknown = [0xA2, 0x06, 0xC0, 0x9A, 0x0C, .. new byte[200_000]];
        byte[] frame = [.. unknown, .. new TargetInstanceFrame { CallId = id, Unary = new Chunk { Number = 7 }, End = new CallEnd() }.ToByteArray()];
        await hostile.SendRawAsync(Calls.Prefixed(frame));

        Assert.Equal(7, (await call.ResponseAsync.Soon("The answer does not arrive.")).Number);
    }

    [Theory]
    [InlineData("groups in a frame")]
    [InlineData("groups in a control frame")]
    [InlineData("messages in a control frame")]
    public async Task Nesting_without_an_end_ends_the_channel_and_not_the_router(string what)
    {
        const int Depth = 50_000;
        Arena arena = await StartAsync(bridge: false);
        HostileInstance hostile = await arena.RegisterAsync();

        // Starts of group 3, which nothing closes.
        byte[] groups = [.. Enumerable.Repeat((byte)0x1B, Depth)];
        byte[] frame = what switch
        {
            "groups in a frame" => groups,
            "groups in a control frame" => Control(groups),
            _ => Control(Nested(200)),
        };
        await hostile.TrySendRawAsync(Calls.Prefixed(frame));
        if (what == "messages in a control frame")
        {
            // Length-delimited fields that are not known are bytes, however deep they go.
            await hostile.SendControlAsync(new InstanceControl { Ping = new Ping { Nonce = 5 } });
            Assert.Equal(5UL, (await hostile.ReceiveControlAsync(RouterControl.KindOneofCase.Pong)).Pong.Nonce);
            return;
        }

        Assert.Equal(StatusCode.Internal, (await hostile.ReceiveEndAsync()).StatusCode);
        await arena.IsCaughtAsync(AbuseKinds.Violation, hostile.Peer);
    }

    private static Task<TargetRouterFrame> NextCallAsync(HostileInstance instance) => instance.ReceiveUntilAsync(static frame => frame.Start is not null);

    private static Task AnswerAsync(HostileInstance instance, ulong id, int number) =>
        instance.SendAsync(new TargetInstanceFrame { CallId = id, Unary = new Chunk { Number = number }, End = new CallEnd() });

    private static byte[] Frame(TargetInstanceFrame frame) => Calls.Prefixed(frame.ToByteArray());

    private static byte[] Control(byte[] message)
    {
        MemoryStream frame = new();
        CodedOutputStream output = new(frame);
        output.WriteTag(Protocol.FrameField.Control, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
        output.Flush();
        return frame.ToArray();
    }

    private static byte[] Nested(int depth)
    {
        byte[] message = [];
        for (int i = 0; i < depth; i++)
        {
            MemoryStream outer = new();
            CodedOutputStream output = new(outer);
            output.WriteTag(1000, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(message));
            output.Flush();
            message = outer.ToArray();
        }

        return message;
    }
}
