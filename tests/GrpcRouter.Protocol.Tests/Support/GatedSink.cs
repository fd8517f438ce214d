using System.Threading.Channels;

namespace GrpcRouter.Protocol.Tests;

/// <summary>A stream whose every write waits until the test lets it end.</summary>
internal sealed class GatedSink : IFrameSink
{
    private readonly Channel<SinkWrite> writes = Channel.CreateUnbounded<SinkWrite>();

    /// <summary>The next write that has begun.</summary>
    public ValueTask<SinkWrite> NextAsync() => writes.Reader.ReadAsync();

    /// <summary>A write has begun that the test has not taken yet.</summary>
    public bool HasNext => writes.Reader.TryPeek(out _);

    // A write counts as begun when its writer waits for the end, so that the end always finds it there and takes it along.
    public ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data) =>
        new SinkWrite(control.ToArray(), data.ToArray(), write => Assert.True(writes.Writer.TryWrite(write))).Task;
}
