namespace GrpcRouter.Protocol;

/// <summary>Something that may happen so often a second, and so often at once. For one thread at a time.</summary>
/// <param name="burst">Tokens of a full bucket, which it is at first.</param>
/// <param name="perSecond">Tokens that come every second.</param>
/// <param name="frequency">Ticks of the clock a second.</param>
public sealed class TokenBucket(double burst, double perSecond, long frequency)
{
    private double spent;
    private long at;

    /// <summary>Whether tokens are missing, as of the last change.</summary>
    public bool IsTouched => spent > 0;

    /// <summary>Takes a token if there is one.</summary>
    /// <param name="now">The clock.</param>
    public bool TryTake(long now)
    {
        if (spent > 0)
        {
            spent = Math.Max(0, spent - (Math.Max(0, now - at) / (double)frequency * perSecond));
        }

        at = now;
        if (spent + 1 > burst)
        {
            return false;
        }

        spent++;
        return true;
    }

    /// <summary>Gives a token back.</summary>
    public void Return() => spent = Math.Max(0, spent - 1);
}
