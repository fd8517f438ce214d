using System.Threading.RateLimiting;

namespace GrpcRouter;

/// <summary>
/// A token bucket as one number, the time at which it will be full (the generic cell rate algorithm, ITU-T I.371): a call moves that time on, by what one permit takes
/// to come back. No timer fills it, and calls that come at once meet in one compare-exchange.
/// </summary>
/// <param name="interval">The time of one permit, on the router's clock; positive.</param>
/// <param name="capacity">The time of all that fit.</param>
internal sealed class TokenLimit(long interval, long capacity) : Limiter
{
    private const long Gone = long.MinValue;

    // At first it is full, also for a call that read the clock before.
    private long fullAt = Gone + 1;

    public override LimiterAnswer TryAcquire(long now, out RateLimitLease? lease, out long wait)
    {
        lease = null;
        wait = 0;
        long seen = Volatile.Read(ref fullAt);
        while (seen != Gone)
        {
            long next = Math.Max(seen, now) + interval;
            wait = next - now - capacity;
            if (wait > 0)
            {
                return LimiterAnswer.Refused;
            }

            long before = Interlocked.CompareExchange(ref fullAt, next, seen);
            if (before == seen)
            {
                return LimiterAnswer.Granted;
            }

            seen = before;
        }

        return LimiterAnswer.Retired;
    }

    public override void GiveBack(RateLimitLease? lease)
    {
        long seen = Volatile.Read(ref fullAt);
        while (seen != Gone)
        {
            long before = Interlocked.CompareExchange(ref fullAt, seen - interval, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    public override bool TryRetire(long now)
    {
        long seen = Volatile.Read(ref fullAt);
        return seen <= now && Interlocked.CompareExchange(ref fullAt, Gone, seen) == seen;
    }
}
