using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class RequestRelayTests
{
    public static TheoryData<MethodType, int, int> Sizes()
    {
        TheoryData<MethodType, int, int> rows = [];
        foreach (RoutedMethod method in Probe.Service.Methods)
        {
            foreach (int size in (int[])[0, 1, 5, 16_378, 16_379, 16_380, 16_383, 16_384, 16_385, 65_530, 65_531, 65_532, 65_536, 100_000])
            {
                rows.Add(method.Type, size, 65_536);
                rows.Add(method.Type, size, 16_384);
            }

            rows.Add(method.Type, 3_000_001, 65_536);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Messages_of_any_size_cut_anywhere_arrive_as_they_were_sent(MethodType type, int size, int window)
    {
        foreach (bool compressed in (bool[])[false, true])
        {
            using Bench bench = new();
            RoutedMethod method = Probe.Method(type);
            ScriptedInstance instance = await bench.InstanceAsync(window: (uint)window);
            Random random = new(size + window);
            byte[][] messages = [.. Enumerable.Range(0, method.ClientStreams && size < 200_000 ? 3 : 1).Select(_ => Bytes(random, size))];
            Task<List<(byte[] Message, bool Compressed)>> taking = Task.Run(() => TakeAsync(instance, method, window));
            TestLeg leg = bench.Call(method);
            byte[] stream = [.. messages.SelectMany(message => TestLeg.Framed(message, compressed))];
            for (int at = 0; at < stream.Length;)
            {
                int piece = Math.Min(random.Next(1, random.Next(2) == 0 ? 8 : (stream.Length / 3) + 2), stream.Length - at);
                leg.SendRaw(stream.AsSpan(at, piece));
                at += piece;
            }

            leg.HalfClose();
            List<(byte[] Message, bool Compressed)> got = await taking.Soon();
            Assert.Equal(messages.Length, got.Count);
            for (int i = 0; i < messages.Length; i++)
            {
                Assert.True(messages[i].AsSpan().SequenceEqual(got[i].Message));
                Assert.Equal(compressed, got[i].Compressed);
            }

            Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
            bench.AssertIdle();
        }
    }

    [Fact]
    public async Task A_unary_call_is_one_frame_each_way()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary);
        leg.SendRaw(TestLeg.Framed([7]).AsSpan(0, 3));
        leg.SendRaw(TestLeg.Framed([7]).AsSpan(3));
        Assert.Empty(await instance.BarrierAsync());
        leg.HalfClose();
        RouterFrame frame = await instance.NextAsync();
        Assert.Equal([7], frame.Payload);
        Assert.Equal((uint)Probe.Unary.Number, frame.PayloadField);
        Assert.True(frame.HalfClose);
        Assert.Equal(leg.Opening, frame.Start);
        instance.Send(InstanceFrame.Message(frame.CallId, Probe.Unary, [8, 8]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(TestLeg.Framed([8, 8]), await leg.BodyAsync());
        Assert.Equal(new CallHeaders(), leg.Headers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_method_that_streams_requests_starts_before_its_first_message_is_there(int bytes)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = new();
        leg.SendRaw(TestLeg.Framed([1, 2, 3]).AsSpan(0, bytes));
        bench.Call(Probe.Duplex, leg);
        RouterFrame start = await instance.NextAsync();
        Assert.Equal((uint)Probe.Duplex.Number, start.Start?.Method);
        Assert.Null(start.Payload);
        instance.Send(InstanceFrame.Ended(start.CallId));
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
    }

    [Theory]
    [InlineData(MethodType.Unary, 0)]
    [InlineData(MethodType.Unary, 2)]
    [InlineData(MethodType.ServerStreaming, 0)]
    [InlineData(MethodType.ServerStreaming, 2)]
    public async Task No_or_two_requests_where_one_is_due_are_unimplemented_and_reach_no_instance(MethodType type, int count)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Method(type));
        for (int i = 0; i < count; i++)
        {
            leg.Send([1]);
        }

        leg.HalfClose();
        Assert.Equal("Unimplemented CARDINALITY_VIOLATION", await leg.OutcomeAsync());
        Assert.Empty(await instance.BarrierAsync());
        bench.AssertIdle();
    }

    [Fact]
    public async Task A_second_request_behind_a_large_one_cancels_the_call_that_has_started()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Unary).Send(new byte[20_000]).Send([1]);
        Assert.Equal("Unimplemented CARDINALITY_VIOLATION", await leg.OutcomeAsync());
        ulong id = (await instance.NextAsync()).CallId;
        RouterFrame frame;
        while ((frame = await instance.NextAsync()).Cancel is null)
        {
            Assert.False(frame.HalfClose);
        }

        instance.Send(InstanceFrame.Ended(id));
        bench.AssertIdle();
    }

    [Theory]
    [InlineData(MethodType.Unary)]
    [InlineData(MethodType.DuplexStreaming)]
    [InlineData(MethodType.ClientStreaming)]
    public async Task A_message_over_the_limit_ends_the_call_by_its_declared_length_alone(MethodType type)
    {
        using Bench bench = new(new RouterOptions { MaxMessageSize = 1_000 });
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Method(type));
        leg.SendRaw([0, 0, 0, 0x03, 0xE9]);
        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await leg.OutcomeAsync());
        List<RouterFrame> frames = await instance.BarrierAsync();
        Assert.All(frames, static frame => Assert.Equal(0, frame.Cost));
        TestLeg exact = bench.Call(Probe.Unary).Send(new byte[1_000]).HalfClose();
        RouterFrame whole;
        while ((whole = await instance.NextAsync()).Payload is null)
        {
            if (whole.Cancel is { } reason)
            {
                Assert.Equal(CancelReason.Limit, reason);
            }
        }

        Assert.Equal(1_000, whole.Payload.Length);
        exact.Leave();
        Assert.Equal("aborted", await exact.OutcomeAsync());
    }

    [Fact]
    public async Task A_length_of_four_gigabytes_is_no_reason_to_reserve_any()
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await bench.Call(Probe.Unary).SendRaw([0, 0xFF, 0xFF, 0xFF, 0xFF]).OutcomeAsync());
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        instance.Send(InstanceFrame.First(id, ulong.MaxValue, [1]));
        Assert.Equal("ResourceExhausted MESSAGE_TOO_LARGE", await leg.OutcomeAsync());
        Assert.Equal(CancelReason.Limit, (await instance.NextAsync()).Cancel);
    }

    [Theory]
    [InlineData(MethodType.Unary, 3)]
    [InlineData(MethodType.Unary, 90)]
    [InlineData(MethodType.ServerStreaming, 20_000)]
    [InlineData(MethodType.DuplexStreaming, 3)]
    [InlineData(MethodType.ClientStreaming, 20_000)]
    public async Task A_request_that_ends_inside_a_message_is_internal(MethodType type, int bytes)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        int length = bytes > 16_384 ? 30_000 : 100;
        TestLeg leg = bench.Call(Probe.Method(type)).SendRaw(TestLeg.Framed(new byte[length]).AsSpan(0, bytes)).HalfClose();
        Assert.Equal("Internal BAD_REQUEST_FRAMING", await leg.OutcomeAsync());
        List<RouterFrame> frames = await instance.BarrierAsync();
        Assert.DoesNotContain(frames, static frame => frame.HalfClose);
    }

    [Fact]
    public async Task A_request_stream_that_breaks_is_a_client_that_left()
    {
        using Bench bench = new();
        await bench.InstanceAsync();
        Assert.Equal("aborted", await bench.Call(Probe.Duplex).HalfClose(new IOException("reset")).OutcomeAsync());
        Assert.Equal("aborted", await bench.Call(Probe.Unary).HalfClose(new OperationCanceledException()).OutcomeAsync());
        Assert.Equal("Internal BAD_REQUEST_FRAMING", await bench.Call(Probe.Unary).HalfClose(new InvalidDataException()).OutcomeAsync());
    }

    [Theory]
    [InlineData(67, true)]
    [InlineData(68, false)]
    public async Task Metadata_is_counted_as_key_and_value_and_32_an_entry(int value, bool fits)
    {
        using Bench bench = new(new RouterOptions { MaxMetadataSize = 100 });
        ScriptedInstance instance = await bench.InstanceAsync();
        CallStart start = new() { Metadata = { new MetadataEntry { Key = "k", Value = ByteString.CopyFrom(new byte[value]) } } };
        TestLeg leg = bench.Call(Probe.Unary, new TestLeg { Opening = start }).Send([1]).HalfClose();
        if (fits)
        {
            Assert.Equal(start, (await instance.NextAsync()).Start);
            return;
        }

        Assert.Equal("ResourceExhausted METADATA_TOO_LARGE", await leg.OutcomeAsync());
        Assert.Empty(await instance.BarrierAsync());
    }

    [Theory]
    [InlineData(48_885, true)]
    [InlineData(48_886, false)]
    public async Task A_start_that_leaves_no_room_for_a_fragment_in_the_instances_frames_is_refused(int value, bool fits)
    {
        using Bench bench = new(new RouterOptions { MaxMetadataSize = 1_000_000 });
        Hello hello = ScriptedInstance.Hello();
        hello.MaxFrameSize = 65_536;
        ScriptedInstance instance = await new ScriptedInstance().RegisterAsync(bench.Router, hello);
        CallStart start = new() { Metadata = { new MetadataEntry { Key = "k", Value = ByteString.CopyFrom(new byte[value]) } } };
        TestLeg leg = bench.Call(Probe.Unary, new TestLeg { Timeout = "99999999H", Opening = start }).Send(new byte[16_384]).HalfClose();
        if (!fits)
        {
            Assert.Equal("ResourceExhausted METADATA_TOO_LARGE", await leg.OutcomeAsync());
            Assert.Empty(await instance.BarrierAsync());
            return;
        }

        RouterFrame frame = Assert.Single(await instance.RequestAsync());
        Assert.InRange(frame.Size, 65_000, 65_536);
        instance.Send(InstanceFrame.Ended(frame.CallId, StatusCode.NotFound));
        Assert.Equal("NotFound by the instance", await leg.OutcomeAsync());
    }

    private static byte[] Bytes(Random random, int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task<List<(byte[] Message, bool Compressed)>> TakeAsync(ScriptedInstance instance, RoutedMethod method, long credit)
    {
        List<(byte[] Message, bool Compressed)> messages = [];
        List<byte> open = [];
        ulong missing = 0;
        bool compressed = false;
        RouterFrame frame;
        do
        {
            frame = await instance.NextAsync();
            credit -= frame.Cost;
            Assert.True(credit >= 0, "The router sent beyond its credit.");
            Assert.True((frame.Fragment?.Length ?? 0) <= 16_384);
            if (frame.Payload is { } payload)
            {
                Assert.Equal(0ul, missing);
                Assert.Equal((uint)method.Number, frame.PayloadField);
                messages.Add((payload, false));
            }
            else if (frame.MessageLength is not null || frame.Fragment is not null)
            {
                Assert.Equal(frame.MessageLength is null, missing > 0);
                compressed = frame.MessageLength is null ? compressed : frame.Compressed;
                missing = (frame.MessageLength ?? missing) - (ulong)(frame.Fragment?.Length ?? 0);
                open.AddRange(frame.Fragment ?? []);
                if (missing == 0)
                {
                    messages.Add(([.. open], compressed));
                    open.Clear();
                }
            }

            if (credit < 6 && !frame.HalfClose)
            {
                credit += 9_000;
                instance.Send(InstanceFrame.Grant(frame.CallId, 9_000));
            }
        }
        while (!frame.HalfClose);
        instance.Send(InstanceFrame.Ended(frame.CallId, StatusCode.NotFound));
        return messages;
    }
}
