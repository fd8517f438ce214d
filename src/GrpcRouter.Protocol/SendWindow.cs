namespace GrpcRouter.Protocol;

/// <summary>The credit a sender holds for one call and direction, in bytes.</summary>
/// <param name="initial">Credit when the call starts.</param>
public sealed class SendWindow(long initial)
{
    /// <summary>Most credit that may be held, in bytes: as in HTTP/2 (RFC 9113, section 6.9.1).</summary>
    public const long Maximum = int.MaxValue;

    private long available = initial;

    /// <summary>Bytes that may be sent now.</summary>
    public long Available => Volatile.Read(ref available);

    /// <summary>Adds credit the receiver granted.</summary>
    /// <returns>False when the sum would pass <see cref="Maximum"/>: the receiver broke the rules, and nothing is added.</returns>
    public bool TryGrant(ulong bytes)
    {
        if (bytes > (ulong)Maximum)
        {
            return false;
        }

        // Only the reader of the channel grants; a take between the two lines can only lower the sum.
        if (Volatile.Read(ref available) + (long)bytes > Maximum)
        {
            return false;
        }

        Interlocked.Add(ref available, (long)bytes);
        return true;
    }

    /// <summary>Uses credit. Only the call's one sender takes, and never more than <see cref="Available"/>.</summary>
    public void Take(long bytes) => Interlocked.Add(ref available, -bytes);

    /// <summary>Starts over for another call.</summary>
    public void Reset(long initial) => Volatile.Write(ref available, initial);
}
