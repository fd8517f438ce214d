namespace GrpcRouter.Bench;

/// <summary>What a load brought, all of it answered in full.</summary>
/// <param name="Calls">Calls that were answered.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="P50">Median time of a call in microseconds, where it was asked for.</param>
/// <param name="P99">Time in microseconds that one call in a hundred exceeds.</param>
internal sealed record LoadResult(long Calls, double Seconds, double? P50 = null, double? P99 = null)
{
    public double Rate => Calls / Seconds;
}
