namespace GrpcRouter;

/// <summary>When a call is tried on several instances at once (gRFC A6), with all defaults filled in.</summary>
/// <param name="MaxAttempts">Attempts in all, 2 to 5.</param>
/// <param name="Delay">Time after which the next attempt is made.</param>
/// <param name="NonFatalCodes">A bit for each status code, 0 to 31.</param>
internal sealed record HedgingPlan(int MaxAttempts, TimeSpan Delay, uint NonFatalCodes)
{
    public bool IsNonFatal(uint code) => code < 32 && (NonFatalCodes >> (int)code & 1) != 0;
}
