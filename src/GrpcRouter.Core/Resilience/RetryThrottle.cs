namespace GrpcRouter;

/// <summary>
/// The token bucket of gRFC A6: a failure takes one token, a success gives a part of one, and with half of them or fewer nothing is tried again. Counted in thousandths, the
/// precision that the gRFC asks for.
/// </summary>
/// <param name="maxTokens">Tokens at the beginning and at most, 1 to 1,000.</param>
/// <param name="tokenRatio">What a success gives; less than a thousandth counts as one.</param>
internal sealed class RetryThrottle(int maxTokens, double tokenRatio)
{
    private const int Scale = 1000;

    private readonly int full = maxTokens * Scale;
    private readonly int gain = (int)Math.Clamp(tokenRatio * Scale, 1, (double)maxTokens * Scale);
    private int tokens = maxTokens * Scale;

    /// <summary>More than half of the tokens are left.</summary>
    public bool AllowsRetry => Volatile.Read(ref tokens) > full / 2;

    /// <summary>Thousandths of tokens that are left.</summary>
    public int Thousandths => Volatile.Read(ref tokens);

    /// <summary>An attempt succeeded. Nothing is written while the bucket is full.</summary>
    public void OnSuccess()
    {
        int before = Volatile.Read(ref tokens);
        while (before < full)
        {
            int seen = Interlocked.CompareExchange(ref tokens, Math.Min(full, before + gain), before);
            if (seen == before)
            {
                return;
            }

            before = seen;
        }
    }

    /// <summary>An attempt failed with a status that is tried again, or the instance asked not to be tried again.</summary>
    public void OnFailure()
    {
        int before = Volatile.Read(ref tokens);
        while (before > 0)
        {
            int seen = Interlocked.CompareExchange(ref tokens, Math.Max(0, before - Scale), before);
            if (seen == before)
            {
                return;
            }

            before = seen;
        }
    }
}
