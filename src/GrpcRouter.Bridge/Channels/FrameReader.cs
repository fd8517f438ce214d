using System.Buffers;
using System.Runtime.CompilerServices;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// Reads the frames of the router. Once nothing more is there it asks to be called when more comes, and lets go of the reading with that; the thread that
/// read is then free to run the handlers that the frames have started, however long they take.
/// </summary>
internal sealed class FrameReader : IThreadPoolWorkItem
{
    // A channel at rest holds no more than this; a busy one soon has room for whatever the connection has buffered.
    private const int SmallestBuffer = 4 * 1024;
    private const int LargestBuffer = 64 * 1024;

    private readonly Stream stream;
    private readonly int maxFrameSize;
    private readonly IFrameHandler handler;
    private readonly CallStarter starter;
    private readonly CancellationToken cancellationToken;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action resume;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter awaiter;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(SmallestBuffer);
    private int length;

    public FrameReader(Stream stream, int maxFrameSize, IFrameHandler handler, CallStarter starter, CancellationToken cancellationToken)
    {
        this.stream = stream;
        this.maxFrameSize = maxFrameSize;
        this.handler = handler;
        this.starter = starter;
        this.cancellationToken = cancellationToken;
        resume = Resume;
    }

    /// <summary>Reads until the router ends the stream.</summary>
    /// <exception cref="ProtocolViolationException">The router broke a rule.</exception>
    public Task RunAsync()
    {
        // From a clean thread: what flows with the dialing, such as the activity it was started in, must not reach the handlers.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return ended.Task;
    }

    void IThreadPoolWorkItem.Execute() => Read();

    private void Resume()
    {
        try
        {
            if (!Take(awaiter.GetResult()))
            {
                return;
            }
        }
        catch (Exception error)
        {
            End(error);
            return;
        }

        Read();
    }

    private void Read()
    {
        try
        {
            ValueTask<int> read;
            while ((read = stream.ReadAsync(buffer.AsMemory(length), cancellationToken)).IsCompleted)
            {
                // The reading goes on, so what has started goes elsewhere.
                starter.Hand();
                if (!Take(read.GetAwaiter().GetResult()))
                {
                    return;
                }
            }

            awaiter = read.ConfigureAwait(false).GetAwaiter();
            awaiter.UnsafeOnCompleted(resume);
        }
        catch (Exception error)
        {
            End(error);
            return;
        }

        // By now another thread may be reading.
        starter.Run();
    }

    private bool Take(int count)
    {
        if (count == 0)
        {
            End(length == 0 ? null : new ProtocolViolationException("The stream ended inside a frame."));
            return false;
        }

        length += count;
        int used = FrameCutter.Cut(buffer.AsSpan(0, length), maxFrameSize, handler, out int needed);
        if (used > 0)
        {
            handler.OnBatchEnd();
        }

        bool full = length == buffer.Length;
        length -= used;
        MakeRoom(used, needed, full);
        return true;
    }

    private void MakeRoom(int used, int needed, bool full)
    {
        int size = full && buffer.Length < LargestBuffer ? buffer.Length * 2 : buffer.Length;
        if (size > LargestBuffer && needed <= LargestBuffer)
        {
            size = LargestBuffer;
        }

        size = Math.Max(size, needed);
        if (size == buffer.Length || (size < buffer.Length && length > size))
        {
            buffer.AsSpan(used, length).CopyTo(buffer);
            return;
        }

        byte[] replacement = ArrayPool<byte>.Shared.Rent(size);
        buffer.AsSpan(used, length).CopyTo(replacement);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = replacement;
    }

    private void End(Exception? error)
    {
        starter.Hand();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        if (error is null)
        {
            ended.SetResult();
        }
        else
        {
            ended.SetException(error);
        }
    }
}
