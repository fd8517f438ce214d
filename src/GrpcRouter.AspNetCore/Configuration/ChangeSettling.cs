namespace GrpcRouter;

/// <summary>
/// Waits until changes have settled. Files are written in pieces, and several providers may change one after the other: a change is acted on once nothing else has come for a
/// while, and at last after a longer while.
/// </summary>
internal sealed class ChangeSettling : IDisposable
{
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Action act;
    private readonly ITimer timer;
    private long firstAt;
    private bool pending;

    public ChangeSettling(TimeProvider time, Action act)
    {
        this.time = time;
        this.act = act;
        timer = time.CreateTimer(static state => ((ChangeSettling)state!).Settle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something has changed.</summary>
    public void OnChange()
    {
        lock (gate)
        {
            long now = time.GetTimestamp();
            if (!pending)
            {
                pending = true;
                firstAt = now;
            }

            TimeSpan left = Longest - time.GetElapsedTime(firstAt, now);
            timer.Change(left < Quiet ? left > TimeSpan.Zero ? left : TimeSpan.Zero : Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => timer.Dispose();

    private void Settle()
    {
        lock (gate)
        {
            pending = false;
        }

        act();
    }
}
