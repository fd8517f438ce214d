using System.Buffers;

namespace GrpcRouter.Protocol.Tests;

public sealed class FrameLoopTests
{
    private const int Limit = 65_536;

    [Fact]
    public void Frames_that_come_together_are_one_batch()
    {
        LoopRun run = new(Limit);
        run.Send([.. Frame(1), .. Frame(2), .. Frame(3)]);
        run.Send(Frame(4));
        run.End();

        Assert.Null(run.Error);
        Assert.Equal(4, run.Frames.Count);
        Assert.Equal([3, 4], run.Batches);
    }

    [Fact]
    public void A_frame_is_handed_on_when_its_last_byte_is_there_and_not_before()
    {
        var frame = Frame(1);
        LoopRun run = new(Limit);
        foreach (var octet in frame[..^1])
        {
            run.Send([octet]);
            Assert.Empty(run.Frames);
        }

        run.Send(frame[^1..]);
        Assert.Single(run.Frames);
        Assert.Equal([1], run.Batches);
        Assert.False(run.Ended);
    }

    [Fact]
    public void A_loop_that_waits_has_given_its_copy_of_a_frame_back()
    {
        var frame = Frame(1, 1000);
        LoopRun run = new(Limit);

        // The rest does not fit the pipe's first piece, so the frame is copied to be read.
        run.Send(frame[..20]);
        run.Send(frame[20..]);
        Assert.Single(run.Frames);

        // The pool hands out first what this thread returned last.
        var copy = ArrayPool<byte>.Shared.Rent(frame.Length - 5);
        Assert.Equal(frame[5..], copy[..(frame.Length - 5)]);
        ArrayPool<byte>.Shared.Return(copy);
        run.End();
    }

    [Fact]
    public void The_end_of_the_stream_between_frames_ends_the_loop()
    {
        LoopRun nothing = new(Limit);
        nothing.End();
        Assert.True(nothing.Ended);
        Assert.Null(nothing.Error);

        LoopRun run = new(Limit);
        run.Send(Frame(1));
        run.End();
        Assert.Null(run.Error);
    }

    [Fact]
    public void The_end_of_the_stream_inside_a_frame_is_a_violation_after_the_frames_before_it()
    {
        var frame = Frame(2);
        for (var length = 1; length < frame.Length; length++)
        {
            var run = LoopRun.Over((byte[])[.. Frame(1), .. frame[..length]], Limit, () => 3);

            Assert.IsType<ProtocolViolationException>(run.Error);
            Assert.Single(run.Frames);
        }
    }

    [Fact]
    public void A_broken_stream_ends_the_loop_with_its_error()
    {
        LoopRun run = new(Limit);
        run.End(new IOException("reset"));

        Assert.Equal("reset", Assert.IsType<IOException>(run.Error).Message);
    }

    [Fact]
    public void A_cancelled_read_ends_the_loop()
    {
        LoopRun run = new(Limit);
        run.Reader.CancelPendingRead();

        Assert.True(run.Ended);
        Assert.Null(run.Error);
    }

    [Fact]
    public void A_cancelled_token_ends_the_loop()
    {
        using CancellationTokenSource source = new();
        LoopRun run = new(Limit, source.Token);
        source.Cancel();

        Assert.True(run.Ended);
    }

    [Fact]
    public void An_error_of_the_handler_ends_the_loop()
    {
        LoopRun run = new(Limit) { OnFrame = () => throw new ProtocolViolationException("unknown call") };
        run.Send([.. Frame(1), .. Frame(2)]);

        Assert.Equal("unknown call", Assert.IsType<ProtocolViolationException>(run.Error).Message);
        Assert.Single(run.Frames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    public void A_compressed_frame_is_a_violation(byte flag)
    {
        var run = LoopRun.Over((byte[])[flag, .. Frame(1)[1..]], Limit, () => 100);

        Assert.Contains("compressed", Assert.IsType<ProtocolViolationException>(run.Error).Message, StringComparison.Ordinal);
        Assert.Empty(run.Frames);
    }

    [Fact]
    public void A_frame_as_large_as_the_limit_passes_and_one_byte_more_does_not()
    {
        var frame = Frame(1, 1000);
        var size = frame.Length - FrameField.PrefixLength;

        Assert.Null(LoopRun.Over(frame, size, () => 77).Error);
        Assert.IsType<ProtocolViolationException>(LoopRun.Over(frame, size - 1, () => 77).Error);
    }

    [Theory]
    [InlineData("00 FF FF FF FF")]
    [InlineData("00 80 00 00 00")]
    [InlineData("00 7F FF FF FF")]
    [InlineData("00 00 01 00 01")]
    public void A_declared_length_over_the_limit_is_refused_at_the_prefix(string prefix)
    {
        LoopRun run = new(Limit);
        run.Send(Hex.Bytes(prefix));

        Assert.IsType<ProtocolViolationException>(run.Error);
    }

    [Theory]
    [InlineData("00 FF FF FF FF")]
    [InlineData("00 7F FF FF FF")]
    [InlineData("00 04 00 00 00 08 01")]
    public void A_declared_length_is_not_memory(string bytes)
    {
        _ = LoopRun.Over(Hex.Bytes(bytes), 64 << 20, () => 1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var run = LoopRun.Over(Hex.Bytes(bytes), 64 << 20, () => 1);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.IsType<ProtocolViolationException>(run.Error);
        Assert.InRange(allocated, 0, 256 * 1024);
    }

    [Theory]
    [InlineData("00 00 00 00 00")] // empty: names no call and has no control
    [InlineData("00 00 00 00 02 08 00")]
    [InlineData("00 00 00 00 02 28 05")]
    [InlineData("00 00 00 00 04 08 01 7A 00")] // control on a call
    public void A_frame_is_of_the_channel_or_of_a_call_and_never_both_or_neither(string stream) =>
        Assert.IsType<ProtocolViolationException>(LoopRun.Over(Hex.Bytes(stream), Limit, () => 100).Error);

    [Fact]
    public void A_channel_frame_reaches_the_handler() =>
        Assert.Equal([" of 0"], LoopRun.Over(Hex.Bytes("00 00 00 00 02 7A 00"), Limit, () => 100).Frames);

    private static byte[] Frame(ulong callId, int length = 20)
    {
        using FrameBuffer buffer = new();
        var mark = buffer.BeginFrame(callId);
        buffer.WriteBytes(FrameField.FirstMethod, new byte[length]);
        buffer.EndFrame(mark);
        return buffer.WrittenSpan.ToArray();
    }
}
