using System.Diagnostics.Metrics;

namespace GrpcRouter;

/// <summary>Counts what limits refuse. Labels come from the configuration alone, never from a peer.</summary>
internal static class LimitMetrics
{
    private static readonly Counter<long> Rates = RouterMeter.Meter.CreateCounter<long>("grpcrouter.rate_limit.refusals", "{call}", "Calls that a rate limit has refused.");

    private static readonly Counter<long> Peers = RouterMeter.Meter.CreateCounter<long>("grpcrouter.peer.refusals", "{refusal}", "What was refused for the peer's address.");

    /// <param name="rule">The rule's name.</param>
    /// <param name="partition">What it counts apart.</param>
    public static void OnRate(string rule, RateLimitPartition partition) => Rates.Add(1, new KeyValuePair<string, object?>("rule", rule), new("partition", PartitionNames.Of(partition)));

    /// <param name="what">What was refused: <c>connection</c>, <c>call</c> or <c>channel</c>.</param>
    public static void OnPeer(string what) => Peers.Add(1, new KeyValuePair<string, object?>("what", what));
}
