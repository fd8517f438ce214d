using System.Threading.RateLimiting;

namespace GrpcRouter;

/// <summary>Calls in a window that moves on segment by segment. Only calls of one partition meet in its lock.</summary>
/// <param name="permits">Calls in a window.</param>
/// <param name="segment">The time of a segment, on the router's clock; positive.</param>
/// <param name="segments">Segments of the window.</param>
internal sealed class SlidingWindow(int permits, long segment, int segments) : Limiter
{
    private readonly Lock gate = new();
    private readonly int[] counts = new int[segments];
    private int total;
    private bool retired;

    // Number of the newest segment, counted from the clock's origin.
    private long head;

    public override LimiterAnswer TryAcquire(long now, out RateLimitLease? lease, out long wait)
    {
        lease = null;
        wait = 0;
        lock (gate)
        {
            if (retired)
            {
                return LimiterAnswer.Retired;
            }

            Advance_NeedsLock(now);
            if (total >= permits)
            {
                wait = Math.Max(1, UntilRoom_NeedsLock() - now);
                return LimiterAnswer.Refused;
            }

            counts[head % segments]++;
            total++;
            return LimiterAnswer.Granted;
        }
    }

    public override void GiveBack(RateLimitLease? lease)
    {
        lock (gate)
        {
            // Where the segment is over meanwhile, the call stays counted until it leaves the window.
            if (counts[head % segments] > 0)
            {
                counts[head % segments]--;
                total--;
            }
        }
    }

    public override bool TryRetire(long now)
    {
        lock (gate)
        {
            Advance_NeedsLock(now);
            return retired = total == 0;
        }
    }

    // Threads may bring their times out of order.
    private void Advance_NeedsLock(long now)
    {
        long newest = now / segment;
        if (newest - head >= segments)
        {
            Array.Clear(counts);
            total = 0;
            head = newest;
        }

        while (head < newest)
        {
            head++;
            total -= counts[head % segments];
            counts[head % segments] = 0;
        }
    }

    private long UntilRoom_NeedsLock()
    {
        long oldest = head - segments + 1;
        while (counts[(oldest + segments) % segments] == 0)
        {
            oldest++;
        }

        return (oldest + segments) * segment;
    }
}
