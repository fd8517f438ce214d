namespace GrpcRouter;

/// <summary>How fast the messages of a stream may come.</summary>
internal sealed class MessagePace(int perSecond, bool refuses, TimeProvider time)
{
    private readonly long interval = Math.Max(1, time.TimestampFrequency / perSecond);

    public int PerSecond => perSecond;

    /// <summary>What comes too fast ends the call; otherwise it waits.</summary>
    public bool Refuses => refuses;

    /// <summary>Lets a message pass, as <see cref="TokenLimit"/> does, with a second's worth of them at once.</summary>
    /// <param name="fullAt">The stream's own time; at first 0. Used by one thread at a time.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <returns>0 when it may pass, else how long it has to wait, on the same clock.</returns>
    public long Take(ref long fullAt, long now)
    {
        long next = Math.Max(fullAt, now) + interval;
        long wait = next - now - (interval * perSecond);
        if (wait > 0)
        {
            return wait;
        }

        fullAt = next;
        return 0;
    }
}
