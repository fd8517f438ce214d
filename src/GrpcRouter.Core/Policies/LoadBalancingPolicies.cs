using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>Names of the built-in policies.</summary>
public static class LoadBalancingPolicies
{
    /// <summary>Each instance in turn.</summary>
    public const string RoundRobin = "round_robin";

    /// <summary>Any instance, each as likely.</summary>
    public const string Random = "random";

    /// <summary>In turn, in proportion to weights: those of load reports, or those the instances registered with.</summary>
    public const string WeightedRoundRobin = "weighted_round_robin";

    /// <summary>Of a few at random, the one with the fewest calls under way (gRFC A48).</summary>
    public const string LeastRequest = "least_request";

    /// <summary>Of two at random, the one with fewer calls under way.</summary>
    public const string PowerOfTwo = "power_of_two";

    /// <summary>Of two at random, the one whose recent latency times its calls under way is less.</summary>
    public const string PeakEwma = "peak_ewma";

    /// <summary>By consistent hashing on a ring (gRFC A42).</summary>
    public const string RingHash = "ring_hash";

    /// <summary>By consistent hashing in a table.</summary>
    public const string Maglev = "maglev";

    /// <summary>The instance whose id the call names; no other.</summary>
    public const string Instance = "instance";

    internal static FrozenSet<string> BuiltIn { get; } =
        FrozenSet.Create(StringComparer.Ordinal, RoundRobin, Random, WeightedRoundRobin, LeastRequest, PowerOfTwo, PeakEwma, RingHash, Maglev, Instance);
}
