using System.Threading.Tasks.Sources;

namespace GrpcRouter.Protocol;

/// <summary>
/// An auto-reset event for one waiter at a time, without allocation. A signal that finds no waiter is kept, once.
/// Continuations run on the thread pool, so that whoever signals is never held up.
/// </summary>
public sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signaled = 2;

    private ManualResetValueTaskSourceCore<bool> core = new() { RunContinuationsAsynchronously = true };
    private int state;

    /// <summary>Wakes the waiter, now or when it comes.</summary>
    public void Set()
    {
        // What the waiter is to see must be out before the state is read: finding an earlier signal there, this one relies on its wake-up.
        Interlocked.MemoryBarrier();
        while (true)
        {
            int seen = Volatile.Read(ref state);
            switch (seen)
            {
                case Signaled:
                    return;
                case Idle when Interlocked.CompareExchange(ref state, Signaled, Idle) == Idle:
                    return;
                case Waiting when Interlocked.CompareExchange(ref state, Idle, Waiting) == Waiting:
                    core.SetResult(true);
                    return;
            }
        }
    }

    /// <summary>Waits for the next signal. Only one wait at a time.</summary>
    public ValueTask WaitAsync()
    {
        int seen = Interlocked.CompareExchange(ref state, Idle, Signaled);
        if (seen == Waiting)
        {
            throw new InvalidOperationException("Another wait is under way.");
        }

        if (seen == Signaled)
        {
            return default;
        }

        core.Reset();
        short version = core.Version;
        if (Interlocked.CompareExchange(ref state, Waiting, Idle) == Idle)
        {
            return new ValueTask(this, version);
        }

        // A full fence here too, or the waiter might look for news before a signaller can see that the signal is taken.
        Interlocked.Exchange(ref state, Idle);
        return default;
    }

    /// <summary>Forgets a signal that nobody took. Only while nobody waits.</summary>
    public void Reset() => Interlocked.Exchange(ref state, Idle);

    void IValueTaskSource.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
