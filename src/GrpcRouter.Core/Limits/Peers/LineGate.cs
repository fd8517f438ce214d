namespace GrpcRouter;

/// <summary>Lets through one line a while, so that who is refused a thousand times a second does not fill the log.</summary>
internal sealed class LineGate(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private long? openedAt;
    private long waiting;

    /// <param name="since">What has happened since the last line, this among it.</param>
    public bool TryOpen(out long since)
    {
        lock (gate)
        {
            since = ++waiting;
            if (openedAt is { } last && time.GetElapsedTime(last) < Pause)
            {
                return false;
            }

            openedAt = time.GetTimestamp();
            waiting = 0;
            return true;
        }
    }
}
