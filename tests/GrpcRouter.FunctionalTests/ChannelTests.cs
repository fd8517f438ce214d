using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

public sealed class ChannelTests : FunctionalTest
{
    public static TheoryData<string> Violations =>
    [
        "hello again", "half close", "cancel", "unknown id", "largest id", "end of an ended call", "message of an ended call", "headers twice", "headers after a message",
        "fragment without length", "message inside a message", "more than the length", "payload of another method", "payload beside a fragment", "credit overflow",
        "control with a call id", "call frame without id", "compressed frame", "oversize frame", "broken protobuf", "field twice", "two payloads", "cut frame",
    ];

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_frame_that_breaks_the_rules_ends_its_channel_and_its_calls_once(string violation)
    {
        WatchedCalls watched = new();
        Rig rig = await StartAsync(new RigOptions { Client = watched.Options });
        rig.Logs.Expect("ChannelViolation");
        Scripted instance = await rig.ScriptAsync("bad");
        (Metadata firstCall, Metadata secondCall) = (watched.NewCall(), watched.NewCall());
        using AsyncDuplexStreamingCall<Chunk, Chunk> first = rig.Client.Talk(firstCall);
        using AsyncDuplexStreamingCall<Chunk, Chunk> second = rig.Client.Talk(secondCall);
        ulong id = (await instance.NextCallAsync()).CallId;

        if (violation.Contains("ended call", StringComparison.Ordinal))
        {
            await instance.EndAsync(id, 3);
        }

        await BreakAsync(instance, violation, id);

        Assert.Equal(StatusCode.Internal, (await instance.ReceiveEndAsync().Soon("The channel did not end.")).StatusCode);
        await Until.TrueAsync(() => rig.Router.OpenChannels == 1, "The channel is still open.");
        StatusCode[] ends = [await EndAsync(first, watched, firstCall), await EndAsync(second, watched, secondCall)];

        // One call was the bad instance's; the other went to the good one and never knew.
        StatusCode bad = violation.Contains("ended call", StringComparison.Ordinal) ? StatusCode.InvalidArgument : StatusCode.Unavailable;
        Assert.Equal([StatusCode.OK, bad], ends.Order());
        Assert.Equal("on", (await rig.Client.UnaryAsync(new Chunk { Text = "on" })).Text);
    }

    [Fact]
    public async Task No_channel_reaches_the_calls_of_another()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted owner = await rig.ScriptAsync("owner");
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk { Text = "mine" });
        ProbeRouterFrame start = await owner.NextCallAsync();
        rig.Logs.Expect("ChannelViolation");

        foreach (ulong id in (ulong[])[start.CallId, start.CallId - 1, start.CallId + 1, 1, 2, 1UL << 20, ulong.MaxValue, (1UL << 63) + start.CallId])
        {
            Scripted thief = await rig.ScriptAsync("thief");
            await thief.SendAsync(new ProbeInstanceFrame { CallId = id, Unary = new Chunk { Text = "stolen" }, End = new CallEnd() });
            Assert.Equal(StatusCode.Internal, (await thief.ReceiveEndAsync().Soon($"The channel survived id {id}.")).StatusCode);
        }

        await owner.SendAsync(new ProbeInstanceFrame { CallId = start.CallId, Unary = new Chunk { Text = "right" }, End = new CallEnd() });
        Assert.Equal("right", (await call).Text);
    }

    [Fact]
    public async Task Ids_that_were_never_given_out_end_the_channel()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        rig.Logs.Expect("ChannelViolation");
        Random random = new(7);
        for (int i = 0; i < 50; i++)
        {
            Scripted instance = await rig.ScriptAsync();
            await instance.SendAsync(new ProbeInstanceFrame { CallId = (ulong)random.NextInt64(1, long.MaxValue), Credit = 1 });
            Assert.Equal(StatusCode.Internal, (await instance.ReceiveEndAsync()).StatusCode);
        }
    }

    [Fact]
    public async Task Frames_that_crossed_a_cancel_are_dropped_until_the_end()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        AsyncServerStreamingCall<Chunk> call = rig.Client.Download(new Chunk());
        ulong id = (await instance.NextCallAsync()).CallId;
        call.Dispose();
        await instance.ReceiveUntilAsync(static frame => frame.Cancel is not null);

        await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Headers = new CallHeaders() });
        await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Download = new Chunk() });
        await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Credit = 5 });
        await instance.EndAsync(id);

        // Credit may cross the end too.
        await instance.SendAsync(new ProbeInstanceFrame { CallId = id, Credit = 5 });
        await instance.AnswerAsync(rig.Client.UnaryAsync(new Chunk()));
    }

    [Fact]
    public async Task Fields_the_router_does_not_know_are_stepped_over()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        ulong id = (await instance.NextCallAsync()).CallId;
        byte[] known = new ProbeInstanceFrame { CallId = id, Unary = new Chunk { Text = "x" }, End = new CallEnd() }.ToByteArray();

        // Fields 100 (varint), 101 (bytes), 102 (fixed32) and 103 (fixed64).
        await instance.SendRawAsync(RawClient.Message(
            [0xA0, 0x06, 0x01, 0xAA, 0x06, 0x02, 7, 7, 0xB5, 0x06, 1, 2, 3, 4, 0xB9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, .. known]));

        Assert.Equal("x", (await call).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Noise_on_a_channel_ends_it_and_nothing_else(int seed)
    {
        Rig rig = await StartAsync();
        rig.Logs.Expect("ChannelViolation");
        Random random = new(seed);
        for (int round = 0; round < 10; round++)
        {
            Scripted instance = await rig.ScriptAsync($"noise-{round}");
            byte[] noise = new byte[random.Next(1, 2000)];
            random.NextBytes(noise);

            // A frame of the length it says, so that the noise gets past the prefix; half the time another of any length.
            await instance.SendRawAsync(RawClient.Message(noise));
            instance.CompleteSending();
            await instance.ReceiveEndAsync().Soon("The channel did not end.");
        }

        await Until.TrueAsync(() => rig.Router.OpenChannels == 1, "A channel is still open.");
        Assert.Equal("on", (await rig.Client.UnaryAsync(new Chunk { Text = "on" })).Text);
    }

    [Fact]
    public async Task An_instance_that_stops_answering_is_given_up_and_its_calls_are_unavailable()
    {
        ManualTimeProvider time = new();
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Time = time });
        Scripted instance = await rig.ScriptAsync();
        AsyncUnaryCall<Chunk> call = rig.Client.UnaryAsync(new Chunk());
        await instance.NextCallAsync();

        time.Advance(TimeSpan.FromSeconds(60));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        ProbeRouterFrame last = await instance.ReceiveUntilAsync(static frame => frame.Control?.Error is not null);
        Assert.Equal(ChannelErrorCode.Keepalive, last.Control.Error.Code);
        Assert.Empty(rig.Router.Instances);
    }

    [Fact]
    public async Task After_the_drain_is_acknowledged_no_call_starts_and_running_ones_finish()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0 });
        Scripted leaving = await rig.ScriptAsync("leaving");
        AsyncUnaryCall<Chunk> running = rig.Client.UnaryAsync(new Chunk());
        ulong id = (await leaving.NextCallAsync()).CallId;
        await rig.AddInstanceAsync();

        await leaving.SendControlAsync(new InstanceControl { Drain = new Drain { Reason = "update" } });
        await leaving.ReceiveUntilAsync(static frame =>
        {
            Assert.Null(frame.Start);
            return frame.Control?.DrainAck is not null;
        });
        for (int i = 0; i < 20; i++)
        {
            await rig.Client.UnaryAsync(new Chunk());
        }

        await leaving.SendAsync(new ProbeInstanceFrame { CallId = id, Unary = new Chunk { Text = "done" }, End = new CallEnd() });
        Assert.Equal("done", (await running).Text);
        leaving.CompleteSending();
        Assert.Equal(StatusCode.OK, (await leaving.ReceiveEndAsync()).StatusCode);
        Assert.Equal(20, rig.Service.Started);
    }

    [Fact]
    public async Task Instances_that_leave_in_order_under_load_fail_no_call()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 2 });
        using CancellationTokenSource stop = new();
        Task<int>[] load = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            int calls = 0;
            while (!stop.IsCancellationRequested)
            {
                await rig.Client.UnaryAsync(new Chunk { Number = calls++ });
            }

            return calls;
        }))];

        for (int i = 0; i < 4; i++)
        {
            ProbeBridge fresh = await rig.AddInstanceAsync();
            await rig.Bridges[i].StopAsync().Soon("The instance did not leave.");
            Assert.True(fresh.IsRegistered);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), static calls => Assert.True(calls > 0));
    }

    private static async Task<StatusCode> EndAsync(AsyncDuplexStreamingCall<Chunk, Chunk> call, WatchedCalls watched, Metadata headers)
    {
        try
        {
            await call.RequestStream.CompleteAsync();
            await call.ResponseStream.ToListAsync();
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return watched.StatusOf(headers, error);
        }
    }

    private static Task BreakAsync(Scripted instance, string violation, ulong id)
    {
        byte[] call = new ProbeInstanceFrame { CallId = id }.ToByteArray();
        return violation switch
        {
            "hello again" => instance.SendControlAsync(new InstanceControl { Hello = new Hello() }),
            "half close" => instance.SendRawAsync(RawClient.Message([.. call, 0x18, 1])),
            "cancel" => instance.SendRawAsync(RawClient.Message([.. call, 0x22, 0])),
            "unknown id" => instance.SendAsync(new ProbeInstanceFrame { CallId = id + 1, Headers = new CallHeaders() }),
            "largest id" => instance.SendAsync(new ProbeInstanceFrame { CallId = ulong.MaxValue, End = new CallEnd() }),
            "end of an ended call" => instance.EndAsync(id),
            "message of an ended call" => instance.SendAsync(new ProbeInstanceFrame { CallId = id, Talk = new Chunk() }),
            "headers twice" => TwiceAsync(new ProbeInstanceFrame { CallId = id, Headers = new CallHeaders() }),
            "headers after a message" => BothAsync(new ProbeInstanceFrame { CallId = id, Talk = new Chunk() }, new ProbeInstanceFrame { CallId = id, Headers = new CallHeaders() }),
            "fragment without length" => instance.SendAsync(new ProbeInstanceFrame { CallId = id, Fragment = ByteString.CopyFromUtf8("x") }),
            "message inside a message" => BothAsync(new ProbeInstanceFrame { CallId = id, MessageLength = 9 }, new ProbeInstanceFrame { CallId = id, Talk = new Chunk() }),
            "more than the length" => instance.SendAsync(new ProbeInstanceFrame { CallId = id, MessageLength = 1, Fragment = ByteString.CopyFromUtf8("xy") }),
            "payload of another method" => instance.SendAsync(new ProbeInstanceFrame { CallId = id, Unary = new Chunk() }),
            "payload beside a fragment" => instance.SendAsync(new ProbeInstanceFrame { CallId = id, Talk = new Chunk(), Fragment = ByteString.CopyFromUtf8("x") }),
            "credit overflow" => instance.SendAsync(new ProbeInstanceFrame { CallId = id, Credit = ulong.MaxValue }),
            "control with a call id" => instance.SendAsync(new ProbeInstanceFrame { CallId = id, Control = new InstanceControl { LoadReport = new LoadReport() } }),
            "call frame without id" => instance.SendAsync(new ProbeInstanceFrame { Talk = new Chunk() }),
            "compressed frame" => instance.SendRawAsync(RawClient.Message(call, compressed: true)),
            "oversize frame" => instance.SendRawAsync(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }),
            "broken protobuf" => instance.SendRawAsync(RawClient.Message([.. call, 0x4A, 0x7F])),
            "field twice" => instance.SendRawAsync(RawClient.Message([.. call, .. call])),
            "two payloads" => instance.SendRawAsync(RawClient.Message(
                [.. call, .. new ProbeInstanceFrame { Talk = new Chunk() }.ToByteArray(), .. new ProbeInstanceFrame { Unary = new Chunk() }.ToByteArray()])),
            "cut frame" => CutAsync(),
            _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, "There is no such violation."),
        };

        async Task BothAsync(ProbeInstanceFrame first, ProbeInstanceFrame then)
        {
            await instance.SendAsync(first);
            await instance.SendAsync(then);
        }

        Task TwiceAsync(ProbeInstanceFrame frame) => BothAsync(frame, frame);

        async Task CutAsync()
        {
            await instance.SendRawAsync(new byte[] { 0, 0, 0, 0, 9, 1 });
            instance.CompleteSending();
        }
    }
}
