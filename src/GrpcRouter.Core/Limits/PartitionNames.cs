namespace GrpcRouter;

/// <summary>Names of partitions in errors and metrics.</summary>
internal static class PartitionNames
{
    public static string Of(RateLimitPartition partition) => partition switch
    {
        RateLimitPartition.Client => "client",
        RateLimitPartition.Identity => "identity",
        RateLimitPartition.Tenant => "tenant",
        RateLimitPartition.Ip => "ip",
        RateLimitPartition.Service => "service",
        RateLimitPartition.Method => "method",
        RateLimitPartition.Instance => "instance",
        _ => "router",
    };
}
