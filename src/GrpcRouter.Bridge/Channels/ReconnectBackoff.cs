namespace GrpcRouter;

/// <summary>
/// How long to wait before dialing again. Waits double and are random below their bound, so that instances that lost a router
/// together do not come back together; they start small again only after a channel has held for a while.
/// </summary>
/// <param name="options">The bounds.</param>
/// <param name="random">Numbers from 0 to 1.</param>
internal sealed class ReconnectBackoff(BridgeOptions options, Func<double> random)
{
    // Doubling more often overflows nothing and changes nothing: any bound is reached by then.
    private const int MostDoublings = 40;

    private int losses;
    private int refusals;

    /// <summary>Gives the wait after a channel ended.</summary>
    /// <param name="kind">How it ended.</param>
    /// <param name="lived">How long it was registered.</param>
    public TimeSpan Next(ChannelEndKind kind, TimeSpan lived)
    {
        if (lived >= options.StablePeriod)
        {
            losses = 0;
            refusals = 0;
        }

        // A refusal is answered no sooner than half its bound: whoever refuses should not be asked again at once by chance.
        return kind == ChannelEndKind.Refused
            ? Bound(options.RefusedInitialBackoff, options.RefusedMaxBackoff, refusals++) * (0.5 + (random() / 2))
            : Bound(options.ReconnectInitialBackoff, options.ReconnectMaxBackoff, losses++) * random();
    }

    private static TimeSpan Bound(TimeSpan initial, TimeSpan maximum, int doublings)
    {
        double bound = initial.TotalMilliseconds * Math.Pow(2, Math.Min(doublings, MostDoublings));
        return bound >= maximum.TotalMilliseconds ? maximum : TimeSpan.FromMilliseconds(bound);
    }
}
