using System.IO.Pipelines;

namespace GrpcRouter;

/// <summary>Takes what an attempt that has lost still writes. Its flushes end as those of a call that has failed, so that the instance gets no credit for it.</summary>
internal sealed class DiscardingWriter : PipeWriter
{
    private const int Piece = 4096;

    private byte[] scratch = [];

    public override void Advance(int bytes)
    {
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => Scratch(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Scratch(sizeHint);

    public override void CancelPendingFlush()
    {
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        new(new FlushResult(isCanceled: true, isCompleted: false));

    public override void Complete(Exception? exception = null)
    {
    }

    private byte[] Scratch(int sizeHint) => scratch = scratch.Length >= Math.Max(sizeHint, 1) ? scratch : new byte[Math.Max(sizeHint, Piece)];
}
