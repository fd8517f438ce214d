using System.Buffers.Binary;
using Google.Protobuf;
using Test.V1;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Whatever a peer sends, a channel ends cleanly: all frames, or those before the first broken one and a violation.</summary>
public sealed class FrameFuzzTests
{
    private const int Limit = 65_536;

    [Fact]
    public void Valid_frames_arrive_the_same_however_the_stream_is_cut() => Seeds.ForEach(1_000, random =>
    {
        var frames = Frames(random);
        var whole = LoopRun.Over(frames.SelectMany(frame => frame).ToArray(), Limit, () => int.MaxValue);
        var cut = LoopRun.Over(frames.SelectMany(frame => frame).ToArray(), Limit, () => random.Pick(1, 2, 5, 100, 5_000));

        Assert.Null(cut.Error);
        Assert.Equal(frames.Count, cut.Frames.Count);
        Assert.Equal(whole.Frames, cut.Frames);
        Assert.True(frames.Count == 0 || cut.Batches[^1] == frames.Count);
    });

    [Fact]
    public void Random_bytes_end_the_loop_cleanly() => Seeds.ForEach(5_000, random =>
    {
        var run = LoopRun.Over(random.NextBytes(20_000), Limit, () => random.Pick(1, 3, 50, 5_000));

        AssertClean(run);
    });

    [Fact]
    public void Random_bytes_behind_a_right_prefix_end_the_loop_cleanly() => Seeds.ForEach(5_000, random =>
    {
        var body = random.NextBytes(200);
        var prefix = new byte[FrameField.PrefixLength];
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), (uint)body.Length);

        AssertClean(LoopRun.Over((byte[])[.. prefix, .. body], Limit, () => random.Pick(1, 3, 50, 5_000)));
    });

    [Fact]
    public void A_mutated_stream_ends_cleanly_after_the_frames_before_the_mutation() => Seeds.ForEach(3_000, random =>
    {
        var frames = Frames(random);
        frames.Add(FastFrame.Write(RandomFrame.ToRouter(random, null) with { CallId = 1, Control = null }, random));
        var expected = LoopRun.Over(frames.SelectMany(frame => frame).ToArray(), Limit, () => int.MaxValue).Frames;
        var victim = random.Next(frames.Count);
        frames[victim] = Mutation.Of(frames[victim], random);

        var run = LoopRun.Over(frames.SelectMany(frame => frame).ToArray(), Limit, () => random.Pick(1, 30, 5_000));

        AssertClean(run);
        Assert.Equal(expected[..victim], run.Frames[..victim]);
    });

    [Fact]
    public void A_truncated_stream_is_a_violation_unless_it_ends_between_frames() => Seeds.ForEach(2_000, random =>
    {
        var frames = Frames(random);
        var stream = frames.SelectMany(frame => frame).ToArray();
        var length = random.Next(stream.Length + 1);
        var whole = 0;
        var left = length;
        while (whole < frames.Count && left >= frames[whole].Length)
        {
            left -= frames[whole++].Length;
        }

        var run = LoopRun.Over(stream.AsMemory(0, length), Limit, () => random.Pick(1, 30, 5_000));

        Assert.Equal(whole, run.Frames.Count);
        Assert.Equal(left > 0, run.Error is ProtocolViolationException);
    });

    [Fact]
    public void Two_readers_never_see_two_things_in_a_mutated_frame_to_an_instance()
    {
        var readByBoth = 0;
        Seeds.ForEach(20_000, random =>
        {
            var method = CatalogRouterFrame.Descriptor.FindFieldByName(random.Pick("find", "add", "list", "talk"));
            var body = Mutation.Of(FastFrame.Write(RandomFrame.ToInstance(random, method), random)[FrameField.PrefixLength..], random);
            if (TryRead(body, toInstance: true) is { } seen && TryParse(CatalogRouterFrame.Parser, body) is { } frame)
            {
                Assert.Equal(Normal(GeneratedFrame.Content(frame), frame), Normal(seen, frame));
                readByBoth++;
            }
        });

        Assert.InRange(readByBoth, 1_000, 20_000);
    }

    [Fact]
    public void Two_readers_never_see_two_things_in_a_mutated_frame_to_a_router()
    {
        var readByBoth = 0;
        Seeds.ForEach(20_000, random =>
        {
            var method = CatalogInstanceFrame.Descriptor.FindFieldByName(random.Pick("find", "add", "list", "talk"));
            var body = Mutation.Of(FastFrame.Write(RandomFrame.ToRouter(random, method), random)[FrameField.PrefixLength..], random);
            if (TryRead(body, toInstance: false) is { } seen && TryParse(CatalogInstanceFrame.Parser, body) is { } frame)
            {
                Assert.Equal(Normal(GeneratedFrame.Content(frame), frame), Normal(seen, frame));
                readByBoth++;
            }
        });

        Assert.InRange(readByBoth, 1_000, 20_000);
    }

    private static FrameContent? TryRead(byte[] body, bool toInstance)
    {
        try
        {
            return FastFrame.Read(body, toInstance);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static T? TryParse<T>(MessageParser<T> parser, byte[] body)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    // What a mutation leaves inside a payload or a control message is parsed and written again, as it would be by any reader.
    private static string Normal(FrameContent content, IMessage frame)
    {
        var control = frame.Descriptor.FindFieldByNumber(FrameField.Control).MessageType;
        var method = frame.Descriptor.FindFieldByNumber((int)content.PayloadField);
        return (content with
        {
            PayloadField = method is null ? 0 : content.PayloadField,
            Payload = method?.MessageType.Parser.ParseFrom(content.Payload).ToByteArray() ?? [],
            Control = content.Control is null ? null : control.Parser.ParseFrom(content.Control).ToByteArray(),
        }).ToString();
    }

    private static List<byte[]> Frames(Random random)
    {
        List<byte[]> frames = [];
        for (var count = random.Next(6); count > 0; count--)
        {
            var content = RandomFrame.ToRouter(random, random.NextBool() ? CatalogInstanceFrame.Descriptor.FindFieldByName("find") : null);
            content = random.OneIn(5)
                ? new FrameContent { Control = content.Control ?? [] }
                : content with { CallId = Math.Max(content.CallId, 1), Control = null };
            var frame = FastFrame.Write(content, random);
            if (frame.Length <= Limit)
            {
                frames.Add(frame);
            }
        }

        return frames;
    }

    private static void AssertClean(LoopRun run)
    {
        Assert.True(run.Ended);
        Assert.True(run.Error is null or ProtocolViolationException, $"{run.Error}");
    }
}
