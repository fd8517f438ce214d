using System.IO.Pipelines;

namespace GrpcRouter.Protocol.Tests;

/// <summary>
/// A FrameLoop over a pipe that hands out the stream in pieces. Everything runs inline on one thread, so a loop that has not
/// ended after the last piece never will.
/// </summary>
internal sealed class LoopRun : IFrameHandler
{
    private readonly Pipe pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        minimumSegmentSize: 16,
        useSynchronizationContext: false));

    private readonly Task loop;

    public LoopRun(int maxFrameSize, CancellationToken cancellationToken = default) =>
        loop = FrameLoop.RunAsync(pipe.Reader, maxFrameSize, this, cancellationToken);

    /// <summary>Called for each frame after it was noted.</summary>
    public Action? OnFrame { get; init; }

    public List<string> Frames { get; } = [];

    /// <summary>How many frames had come at the end of each batch.</summary>
    public List<int> Batches { get; } = [];

    public bool Ended => loop.IsCompleted;

    public Exception? Error => loop.Exception?.InnerException;

    public PipeReader Reader => pipe.Reader;

    public static LoopRun Over(ReadOnlyMemory<byte> stream, int maxFrameSize, Func<int> nextPiece)
    {
        LoopRun run = new(maxFrameSize);
        while (!stream.IsEmpty)
        {
            var length = Math.Clamp(nextPiece(), 1, stream.Length);
            run.Send(stream.Span[..length]);
            stream = stream[length..];
        }

        run.End();
        return run;
    }

    public void Send(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(pipe.Writer.GetSpan(piece.Length));
        pipe.Writer.Advance(piece.Length);
        Assert.True(pipe.Writer.FlushAsync().IsCompleted);
    }

    public void End(Exception? error = null)
    {
        pipe.Writer.Complete(error);
        Assert.True(loop.IsCompleted, "The loop hangs.");
    }

    void IFrameHandler.OnFrame(in Frame frame)
    {
        Frames.Add(Convert.ToHexString(frame.Payload) + " of " + frame.CallId);
        OnFrame?.Invoke();
    }

    IThreadPoolWorkItem? IFrameHandler.OnBatchEnd()
    {
        Batches.Add(Frames.Count);
        return null;
    }
}
