namespace GrpcRouter;

/// <summary>What a rule counts, and how. Where a change of options leaves it as it was, its counts stay.</summary>
internal sealed record RateLimitSpec(RateLimitPartition Partition, int Bits4, int Bits6, int MaxPartitions, LimiterPlan Plan)
{
    public static RateLimitSpec Of(RateLimitOptions options, RouterOptions router) =>
        new(options.Partition, options.IPv4PrefixLength, options.IPv6PrefixLength, options.MaxPartitions, LimiterPlan.Of(options, router));
}
