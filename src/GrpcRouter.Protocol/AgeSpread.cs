namespace GrpcRouter.Protocol;

/// <summary>Ages of channels, streams and connections: what began together is not to end together (gRFC A9).</summary>
public static class AgeSpread
{
    private const double Share = 0.1;

    /// <summary>An age, give or take a tenth.</summary>
    /// <param name="age">The age that was asked for.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan Of(TimeSpan age, double random) => age * (1 - Share + (2 * Share * random));
}
