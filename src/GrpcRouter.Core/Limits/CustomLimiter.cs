using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>A limiter that the application made. One that throws lets nobody in: a limit that fails must not be a door that stands open.</summary>
internal sealed class CustomLimiter(RateLimiter limiter, ILogger log, TimeProvider time) : Limiter
{
    // Guards its end against calls that have just found it in the table.
    private readonly Lock gate = new();
    private bool retired;

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

            try
            {
                lease = limiter.AttemptAcquire();
            }
            catch (Exception error)
            {
                log.LimiterFailed(error);
                return LimiterAnswer.Refused;
            }
        }

        if (lease.IsAcquired)
        {
            return LimiterAnswer.Granted;
        }

        if (lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after))
        {
            wait = (long)(after.TotalSeconds * time.TimestampFrequency);
        }

        lease.Dispose();
        lease = null;
        return LimiterAnswer.Refused;
    }

    public override void End(RateLimitLease? lease) => lease!.Dispose();

    public override void GiveBack(RateLimitLease? lease) => End(lease);

    public override bool TryRetire(long now)
    {
        lock (gate)
        {
            // Null: it is in use. A limiter that does not tell stays as long as its rule.
            if (retired || limiter.IdleDuration is not { Ticks: > 0 })
            {
                return false;
            }

            retired = true;
            limiter.Dispose();
            return true;
        }
    }
}
