using System.Threading.RateLimiting;

namespace GrpcRouter;

/// <summary>Where a call is counted until it is over. Stays with the call's object, which carries one call after the other.</summary>
internal struct HeldPermits
{
    private (Limiter Limiter, RateLimitLease? Lease)[]? items;
    private int count;

    /// <summary>Limiters that the call is counted by.</summary>
    public readonly int Count => count;

    public void Add(Limiter limiter, RateLimitLease? lease)
    {
        if (items is null || count == items.Length)
        {
            Array.Resize(ref items, Math.Max(4, count * 2));
        }

        items[count++] = (limiter, lease);
    }

    /// <summary>The call is over.</summary>
    public void End()
    {
        while (count > 0)
        {
            (Limiter limiter, RateLimitLease? lease) = Take();
            limiter.End(lease);
        }
    }

    /// <summary>The call has not come about.</summary>
    public void GiveBack()
    {
        while (count > 0)
        {
            (Limiter limiter, RateLimitLease? lease) = Take();
            limiter.GiveBack(lease);
        }
    }

    private (Limiter Limiter, RateLimitLease? Lease) Take()
    {
        count--;
        (Limiter Limiter, RateLimitLease? Lease) taken = items![count];
        items[count] = default;
        return taken;
    }
}
