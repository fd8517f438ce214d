using System.Threading.RateLimiting;

namespace GrpcRouter;

/// <summary>Calls under way, counted exactly and without an object for each.</summary>
internal sealed class ConcurrencyLimit(int permits) : Limiter
{
    private const int Gone = -1;

    private int taken;

    /// <summary>How many there may be.</summary>
    public int Permits => permits;

    public override LimiterAnswer TryAcquire(long now, out RateLimitLease? lease, out long wait)
    {
        lease = null;
        wait = 0;
        int seen = Volatile.Read(ref taken);
        while (seen != Gone)
        {
            if (seen >= permits)
            {
                return LimiterAnswer.Refused;
            }

            int before = Interlocked.CompareExchange(ref taken, seen + 1, seen);
            if (before == seen)
            {
                return LimiterAnswer.Granted;
            }

            seen = before;
        }

        return LimiterAnswer.Retired;
    }

    public override void End(RateLimitLease? lease) => Interlocked.Decrement(ref taken);

    public override void GiveBack(RateLimitLease? lease) => End(lease);

    public override bool TryRetire(long now) => Interlocked.CompareExchange(ref taken, Gone, 0) == 0;
}
