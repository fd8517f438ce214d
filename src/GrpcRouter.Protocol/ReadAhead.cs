using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace GrpcRouter.Protocol;

/// <summary>
/// Awaits a read and lets this thread do other work meanwhile. The work starts once the read's continuation is registered, so whatever
/// it does, and however long it takes, the loop goes on on another thread. That spares a lone call the way through the pool's queue.
/// </summary>
internal readonly struct ReadAhead(ValueTask<ReadResult> read, IThreadPoolWorkItem? work) : ICriticalNotifyCompletion
{
    private readonly ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter inner = read.ConfigureAwait(false).GetAwaiter();

    public bool IsCompleted
    {
        get
        {
            if (!inner.IsCompleted)
            {
                return false;
            }

            // There is more to read at once, so the work must go elsewhere.
            if (work is not null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: true);
            }

            return true;
        }
    }

    public ReadAhead GetAwaiter() => this;

    public ReadResult GetResult() => inner.GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        // The fields are copied first: the continuation may run, and this awaiter be gone, before the next line.
        IThreadPoolWorkItem? pending = work;
        inner.UnsafeOnCompleted(continuation);
        pending?.Execute();
    }
}
