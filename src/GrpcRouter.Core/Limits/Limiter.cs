using System.Threading.RateLimiting;

namespace GrpcRouter;

/// <summary>Counts the calls of one partition. Used from any thread.</summary>
internal abstract class Limiter
{
    /// <summary>Lets a call in.</summary>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <param name="lease">What <see cref="End"/> and <see cref="GiveBack"/> take; null unless the limiter is the application's.</param>
    /// <param name="wait">After a refusal: until another call may get in, on the same clock; 0 when nobody knows.</param>
    public abstract LimiterAnswer TryAcquire(long now, out RateLimitLease? lease, out long wait);

    /// <summary>A call that was let in is over.</summary>
    public virtual void End(RateLimitLease? lease)
    {
    }

    /// <summary>A call that was let in did not come about: as if it had not been counted.</summary>
    public abstract void GiveBack(RateLimitLease? lease);

    /// <summary>Ends its life unless it remembers something: then it lets nobody in any more.</summary>
    public abstract bool TryRetire(long now);
}
