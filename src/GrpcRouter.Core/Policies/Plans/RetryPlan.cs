namespace GrpcRouter;

/// <summary>When a call is tried again (gRFC A6), with all defaults filled in.</summary>
/// <param name="MaxAttempts">Attempts in all, 2 to 5.</param>
/// <param name="InitialBackoff">Wait before the first retry.</param>
/// <param name="MaxBackoff">Longest wait.</param>
/// <param name="Multiplier">What each wait is multiplied by.</param>
/// <param name="RetryableCodes">A bit for each status code, 0 to 31.</param>
/// <param name="AttemptTimeout">Longest time until an attempt has answered; null: no limit.</param>
internal sealed record RetryPlan(
    int MaxAttempts, TimeSpan InitialBackoff, TimeSpan MaxBackoff, double Multiplier, uint RetryableCodes, TimeSpan? AttemptTimeout)
{
    public bool IsRetryable(uint code) => code < 32 && (RetryableCodes >> (int)code & 1) != 0;

    /// <summary>The wait before a retry: it grows, and is made longer or shorter by up to a fifth.</summary>
    /// <param name="retry">0 for the first retry since the beginning or since the last pushback.</param>
    /// <param name="random">From 0 to 1.</param>
    public TimeSpan Backoff(int retry, double random)
    {
        double bound = Math.Min(InitialBackoff.TotalMilliseconds * Math.Pow(Multiplier, retry), MaxBackoff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(bound * (0.8 + (0.4 * random)));
    }
}
