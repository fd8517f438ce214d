using System.Runtime.CompilerServices;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// Writes a channel's frames into the body of the registration request. To the connection a write and a flush are entries of one
/// queue, and whoever waits for the first before he makes the second waits for two threads more, so both are made at once.
/// </summary>
internal sealed class RequestStreamSink(PushContent content) : IFrameSink
{
    // Largest DATA frame that every peer takes (RFC 9113, section 4.2). What is longer is queued piece by piece, the rest behind the flush.
    private const int FramePayload = 16 * 1024;

    private readonly FrameBuffer joined = new();
    private Stream? stream;
    private bool flushedEarly;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
    {
        stream ??= await content.Opened.ConfigureAwait(false);
        ReadOnlyMemory<byte> batch = control.IsEmpty ? data : data.IsEmpty ? control : Join(control, data);
        try
        {
            ValueTask write = stream.WriteAsync(batch);
            if (batch.Length <= FramePayload)
            {
                flushedEarly = true;
                await AwaitBothAsync(write, stream.FlushAsync()).ConfigureAwait(false);
            }
            else
            {
                await write.ConfigureAwait(false);
                flushedEarly = false;
                await stream.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException error)
        {
            throw new IOException("the router ended the stream", error);
        }
    }

    /// <summary>
    /// A write that had to wait for HTTP/2 credit may have come behind the flush made with it, and nobody can tell. So what nothing follows is
    /// flushed once more, when the answer is under way and nobody waits for it.
    /// </summary>
    public void OnIdle()
    {
        if (flushedEarly)
        {
            flushedEarly = false;
            _ = ObserveAsync(stream!.FlushAsync());
        }
    }

    private static async Task ObserveAsync(Task flush) => await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AwaitBothAsync(ValueTask write, Task flush)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        finally
        {
            await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
    {
        joined.Reset();
        joined.WriteRaw(control.Span);
        joined.WriteRaw(data.Span);
        return joined.WrittenMemory;
    }
}
