namespace GrpcRouter;

/// <summary>A rule that bounds the calls of each caller, instance, method or other partition. A call must be within all rules that apply to it.</summary>
public sealed class RateLimitOptions : LimiterOptions
{
    /// <summary>Names the rule in errors and metrics: 1 to 64 printable ASCII characters without spaces, once in the list.</summary>
    public string Name { get; set; } = "";

    /// <summary>What is counted apart. Default: each client.</summary>
    public RateLimitPartition Partition { get; set; } = RateLimitPartition.Client;

    /// <summary>Leading bits of an IPv4 address that are one partition. 0 to 32; default 32: each address.</summary>
    public int IPv4PrefixLength { get; set; } = 32;

    /// <summary>Leading bits of an IPv6 address that are one partition. 0 to 128; default 64, because whoever has one address has all of its network.</summary>
    public int IPv6PrefixLength { get; set; } = 64;

    /// <summary>
    /// Partitions that are counted apart, 1 to 1,000,000; default 10,000, each of some 200 bytes. Idle ones are let go within a second. Those that come while there are as many
    /// count together, as one more partition.
    /// </summary>
    public int MaxPartitions { get; set; } = 10_000;

    /// <summary>Full names of the services it is for; <c>*</c> stands for any characters but a slash, <c>**</c> for any. Empty, the default: all.</summary>
    public IList<string> Services { get; } = [];

    /// <summary>Simple names of the methods it is for; <c>*</c> stands for any characters but a slash, <c>**</c> for any. Empty, the default: all.</summary>
    public IList<string> Methods { get; } = [];

    /// <summary>Names of the callers it is for; <c>*</c> stands for any characters but a slash, <c>**</c> for any. Empty, the default: all, those who have not proved who they are among them.</summary>
    public IList<string> Identities { get; } = [];

    /// <summary>Tenants it is for; <c>*</c> stands for any characters but a slash, <c>**</c> for any. Empty, the default: all, and calls of no tenant.</summary>
    public IList<string> Tenants { get; } = [];
}
