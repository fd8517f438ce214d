namespace GrpcRouter.Protocol.Tests;

/// <summary>Who begins a write, and what the stream learns of its end.</summary>
public sealed class ChannelOutputFlushTests
{
    [Fact]
    public void Frames_left_unflushed_share_the_write_that_the_flush_begins_on_its_own_thread()
    {
        IdleSink sink = new();
        ChannelOutput output = new(sink);
        Write(output, 1);
        Write(output, 2);
        Assert.Empty(sink.Writes);

        output.Flush();
        Assert.Equal([1, 2], Assert.Single(sink.Writes));
        Assert.Equal(1, sink.Idle);
    }

    [Fact]
    public void A_flush_of_nothing_writes_nothing()
    {
        IdleSink sink = new();
        new ChannelOutput(sink).Flush();
        Assert.Empty(sink.Writes);
        Assert.Equal(0, sink.Idle);
    }

    [Fact]
    public async Task What_was_left_unflushed_leaves_when_the_output_completes()
    {
        IdleSink sink = new();
        ChannelOutput output = new(sink);
        Write(output, 1);
        output.Complete();
        await output.Completion;
        Assert.Equal([1], Assert.Single(sink.Writes));
    }

    private static void Write(ChannelOutput output, byte octet)
    {
        Assert.True(output.TryEnterData(new TestTurn(octet, []), out FrameBuffer buffer));
        buffer.WriteRaw([octet]);
        output.ExitUnflushed();
    }

    private sealed class IdleSink : IFrameSink
    {
        public List<byte[]> Writes { get; } = [];

        public int Idle { get; private set; }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
        {
            Writes.Add([.. control.Span, .. data.Span]);
            return default;
        }

        public void OnIdle() => Idle++;
    }
}
