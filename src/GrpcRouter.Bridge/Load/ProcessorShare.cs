namespace GrpcRouter;

/// <summary>How much of the machine the process uses.</summary>
/// <param name="time">The clock.</param>
/// <param name="used">Processor time that the process has used so far.</param>
/// <param name="processors">How many there are.</param>
internal sealed class ProcessorShare(TimeProvider time, Func<TimeSpan> used, int processors)
{
    private TimeSpan usedBefore = used();
    private long askedAt = time.GetTimestamp();
    private double share;

    /// <summary>Gives the share of all processors' time since it was last asked: 0 to 1.</summary>
    public double Next()
    {
        long now = time.GetTimestamp();
        TimeSpan elapsed = time.GetElapsedTime(askedAt, now);
        if (elapsed > TimeSpan.Zero)
        {
            TimeSpan total = used();
            share = (total - usedBefore) / (elapsed * processors);
            (usedBefore, askedAt) = (total, now);
        }

        return share;
    }
}
