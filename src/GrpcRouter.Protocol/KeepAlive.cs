namespace GrpcRouter.Protocol;

/// <summary>
/// Decides when to ping a silent peer and when to give it up. Pure: time comes in as readings of one monotonic clock, actions go out.
/// </summary>
public sealed class KeepAlive
{
    private long interval;
    private long timeout;
    private long heard;
    private long pinged = -1;

    /// <summary>Begins with a peer that was just heard of.</summary>
    /// <param name="interval">Silence after which a ping is sent.</param>
    /// <param name="timeout">Silence after the ping after which the peer is dead.</param>
    /// <param name="now">The clock at the start.</param>
    public KeepAlive(long interval, long timeout, long now)
    {
        this.interval = interval;
        this.timeout = timeout;
        heard = now;
    }

    /// <summary>Sets other times; they count from the next <see cref="Tick"/> on.</summary>
    /// <param name="otherInterval">Silence after which a ping is sent.</param>
    /// <param name="otherTimeout">Silence after the ping after which the peer is dead.</param>
    public void Set(long otherInterval, long otherTimeout)
    {
        Volatile.Write(ref interval, otherInterval);
        Volatile.Write(ref timeout, otherTimeout);
    }

    /// <summary>A frame came, whatever it was.</summary>
    public void OnReceived(long now)
    {
        Volatile.Write(ref heard, now);
        Volatile.Write(ref pinged, -1);
    }

    /// <summary>Time until there is something to do, unless a frame comes before. Not negative.</summary>
    public long NextIn(long now)
    {
        long sent = Volatile.Read(ref pinged);
        return Math.Max(0, (sent >= 0 ? sent + timeout : Volatile.Read(ref heard) + interval) - now);
    }

    /// <summary>Asks what to do now.</summary>
    public KeepAliveAction Tick(long now)
    {
        long sent = Volatile.Read(ref pinged);
        if (sent >= 0)
        {
            return now - sent >= timeout ? KeepAliveAction.Dead : KeepAliveAction.None;
        }

        if (now - Volatile.Read(ref heard) < interval)
        {
            return KeepAliveAction.None;
        }

        Volatile.Write(ref pinged, now);
        return KeepAliveAction.Ping;
    }
}
