namespace GrpcRouter.Protocol.Tests;

/// <summary>What leaves, when, and in which order. Turns are ChannelOutputTurnTests' matter.</summary>
public sealed class ChannelOutputTests
{
    private const int Hang = 120_000;

    private readonly GatedSink sink = new();
    private readonly ChannelOutput output;

    public ChannelOutputTests() => output = new ChannelOutput(sink);

    [Fact(Timeout = Hang)]
    public async Task A_frame_leaves_at_once_when_the_stream_is_idle()
    {
        Data(1);
        var first = await sink.NextAsync();
        Assert.Equal([1], first.Data);
        Assert.Empty(first.Control);
        first.End();

        Control(2);
        Assert.Equal([2], (await sink.NextAsync()).Control);
    }

    [Fact(Timeout = Hang)]
    public async Task Frames_written_while_a_write_is_under_way_share_the_next()
    {
        Data(1);
        var first = await sink.NextAsync();
        Data(2);
        Data(3);
        Data(4);
        first.End();

        Assert.Equal([2, 3, 4], (await sink.NextAsync()).Data);
    }

    [Fact(Timeout = Hang)]
    public async Task Control_frames_overtake_data()
    {
        Data(1);
        var first = await sink.NextAsync();
        Data(2);
        Control(8);
        Data(3);
        Control(9);
        first.End();

        var second = await sink.NextAsync();
        Assert.Equal([8, 9], second.Control);
        Assert.Equal([2, 3], second.Data);
    }

    [Fact(Timeout = Hang)]
    public async Task Control_frames_written_in_order_follow_the_data_before_them()
    {
        Data(1);
        var first = await sink.NextAsync();
        Data(2);
        InOrder(8);
        Data(3);
        Control(9);
        first.End();

        var second = await sink.NextAsync();
        Assert.Equal([9], second.Control);
        Assert.Equal([2, 8, 3], second.Data);
    }

    [Fact(Timeout = Hang)]
    public async Task The_batch_counts_what_was_handed_to_the_stream()
    {
        Assert.Equal(0, output.Batch);
        Data(1);
        var first = await sink.NextAsync();
        Assert.Equal(1, output.Batch);
        Data(2);
        Assert.Equal(1, output.Batch);
        first.End();
        Assert.Equal(2, output.Batch);
    }

    [Fact(Timeout = Hang)]
    public async Task Entering_and_writing_nothing_makes_no_write()
    {
        Control();
        Data();
        Control(1);

        var only = await sink.NextAsync();
        Assert.Equal([1], only.Control);
        only.End();
        output.Complete();
        await output.Completion;
        Assert.False(sink.HasNext);
    }

    [Fact(Timeout = Hang)]
    public async Task Completing_an_idle_output_ends_it()
    {
        output.Complete();

        await output.Completion;
        Assert.False(sink.HasNext);
    }

    [Fact(Timeout = Hang)]
    public async Task What_was_written_before_the_completion_still_leaves()
    {
        Data(1);
        var first = await sink.NextAsync();
        Data(2);
        Control(3);
        output.Complete();
        Assert.False(output.Completion.IsCompleted);
        first.End();

        var second = await sink.NextAsync();
        Assert.Equal([2], second.Data);
        Assert.Equal([3], second.Control);
        Assert.False(output.Completion.IsCompleted);
        second.End();
        await output.Completion;
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Completing_before_the_exit_makes_the_frame_just_written_the_last(bool busy)
    {
        if (busy)
        {
            Data(1);
        }

        var first = busy ? await sink.NextAsync() : null;
        output.EnterControl();
        output.InOrder.WriteRaw([2]);
        output.Complete();
        output.Exit();
        Control(3);
        Data(4);
        first?.End();

        var last = await sink.NextAsync();
        Assert.Equal([2], last.Data);
        Assert.Empty(last.Control);
        last.End();
        await output.Completion;
        Assert.False(sink.HasNext);
    }

    [Fact(Timeout = Hang)]
    public async Task What_comes_after_the_completion_is_dropped_and_takes_nothing_with_it()
    {
        Data(1);
        var first = await sink.NextAsync();
        Data(2);
        Control(3);
        output.Complete();
        Control(7);
        Data(8);
        InOrder(9);
        first.End();

        var second = await sink.NextAsync();
        Assert.Equal([2], second.Data);
        Assert.Equal([3], second.Control);
        second.End();
        await output.Completion;
        Control(9);
        Data(9);
        InOrder(9);
        Assert.False(sink.HasNext);
    }

    [Fact(Timeout = Hang)]
    public async Task Completing_with_an_error_drops_what_waits()
    {
        Data(1);
        var first = await sink.NextAsync();
        Data(2);
        Control(3);
        output.Complete(new IOException("gone"));

        Assert.Equal("gone", (await Assert.ThrowsAsync<IOException>(() => output.Completion)).Message);
        first.End();
        Assert.False(sink.HasNext);
    }

    [Fact(Timeout = Hang)]
    public async Task A_write_that_fails_ends_the_output_with_its_error()
    {
        Data(1);
        var first = await sink.NextAsync();
        Data(2);
        first.Fail(new IOException("reset"));

        Assert.Equal("reset", (await Assert.ThrowsAsync<IOException>(() => output.Completion)).Message);
        Data(3);
        Control(4);
        Assert.False(sink.HasNext);
    }

    [Fact(Timeout = Hang)]
    public async Task A_write_that_fails_after_the_completion_is_not_taken_for_a_clean_end()
    {
        Data(1);
        var first = await sink.NextAsync();
        output.Complete();
        first.Fail(new IOException("reset"));

        await Assert.ThrowsAsync<IOException>(() => output.Completion);
    }

    [Fact(Timeout = Hang)]
    public async Task A_sink_that_throws_at_once_ends_the_output()
    {
        ChannelOutput broken = new(new ThrowingSink());
        broken.EnterControl().WriteRaw([1]);
        broken.Exit();

        await Assert.ThrowsAsync<InvalidDataException>(() => broken.Completion);
    }

    [Fact(Timeout = Hang)]
    public async Task The_first_completion_counts()
    {
        output.Complete();
        output.Complete(new IOException("late"));

        await output.Completion;
    }

    [Fact(Timeout = Hang)]
    public async Task Many_writers_make_one_write_at_a_time_and_nothing_is_lost_or_reordered()
    {
        const int writers = 6;
        const int each = 20_000;
        CountingSink counting = new();
        ChannelOutput shared = new(counting);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                var buffer = shared.EnterControl();
                buffer.WriteRaw([(byte)writer, (byte)i, (byte)(i >> 8)]);
                shared.Exit();
            }
        })));
        shared.Complete();
        await shared.Completion;

        var next = new int[writers];
        foreach (var frame in counting.Bytes.ToArray().Chunk(3))
        {
            Assert.Equal(next[frame[0]]++, frame[1] | (frame[2] << 8));
        }

        Assert.All(next, count => Assert.Equal(each, count));
    }

    [Fact(Timeout = Hang)]
    public async Task An_output_that_rests_gives_its_buffers_back_and_works_on()
    {
        Data(new byte[50_000]);
        var first = await sink.NextAsync();
        Control(1);
        Data(2);
        output.ReleaseIfIdle();
        output.ReleaseIfIdle();
        first.End();
        var second = await sink.NextAsync();
        Assert.Equal([1], second.Control);
        Assert.Equal([2], second.Data);
        second.End();

        // Idle since the last look only from the second one on.
        output.ReleaseIfIdle();
        Assert.InRange(output.HeldBytes, 50_000, int.MaxValue);
        output.ReleaseIfIdle();
        Assert.Equal(0, output.HeldBytes);

        Data(3);
        Assert.Equal([3], (await sink.NextAsync()).Data);
    }

    [Fact]
    public async Task What_waits_for_a_flush_of_its_writer_is_not_taken_for_idle()
    {
        Assert.True(output.TryEnterData(new TestTurn(0, []), out var buffer));
        buffer.WriteRaw([7]);
        output.ExitUnflushed();
        output.ReleaseIfIdle();
        output.ReleaseIfIdle();
        output.Flush();
        Assert.Equal([7], (await sink.NextAsync()).Data);
    }

    private void Control(params ReadOnlySpan<byte> bytes)
    {
        output.EnterControl().WriteRaw(bytes);
        output.Exit();
    }

    private void InOrder(params ReadOnlySpan<byte> bytes)
    {
        output.EnterControl();
        output.InOrder.WriteRaw(bytes);
        output.Exit();
    }

    private void Data(params ReadOnlySpan<byte> bytes)
    {
        Assert.True(output.TryEnterData(new TestTurn(0, []), out var buffer));
        buffer.WriteRaw(bytes);
        output.Exit();
    }

    private sealed class ThrowingSink : IFrameSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data) => throw new InvalidDataException();
    }

    private sealed class CountingSink : IFrameSink
    {
        private int writing;

        public List<byte> Bytes { get; } = [];

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
        {
            Assert.Equal(1, Interlocked.Increment(ref writing));
            Bytes.AddRange(control.Span);
            Bytes.AddRange(data.Span);
            await Task.Yield();
            Assert.Equal(0, Interlocked.Decrement(ref writing));
        }
    }
}
