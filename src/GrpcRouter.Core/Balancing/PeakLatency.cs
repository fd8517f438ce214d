namespace GrpcRouter;

/// <summary>
/// The recent latency of an instance: it rises at once to the longest, and falls with time, so that an instance that has become slow is noticed with the first call.
/// Written by many threads without a lock; of two that write at once, one may decay by the other's time.
/// </summary>
internal sealed class PeakLatency
{
    private double latency;
    private long since;

    /// <summary>The time in which most of a latency is forgotten, in units of the clock.</summary>
    public static long DecayOf(LoadBalancingOptions options, TimeProvider time) =>
        Math.Max(1, (long)((options.DecayTime ?? TimeSpan.FromSeconds(10)).TotalSeconds * time.TimestampFrequency));

    /// <summary>Takes the latency of a call. All times are in units of the router's clock.</summary>
    /// <param name="ticks">How long it took.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="decay">Time in which most of a latency is forgotten; positive.</param>
    public void Add(long ticks, long now, long decay)
    {
        double taken = Math.Max(0, ticks);
        double before;
        double after;
        do
        {
            before = Volatile.Read(ref latency);
            double kept = Kept(now, decay);
            after = taken >= before ? taken : (before * kept) + (taken * (1 - kept));
        }
        while (Interlocked.CompareExchange(ref latency, after, before) != before);
        Volatile.Write(ref since, now);
    }

    /// <summary>What is left of it at a time; 0 when there was none.</summary>
    public double At(long now, long decay) => Volatile.Read(ref latency) is > 0 and double known ? known * Kept(now, decay) : 0;

    private double Kept(long now, long decay) => Math.Exp(-Math.Max(0, now - Volatile.Read(ref since)) / (double)decay);
}
