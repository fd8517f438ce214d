namespace GrpcRouter;

/// <summary>What a rate limit counts apart.</summary>
public enum RateLimitPartition
{
    /// <summary>Each caller: by the identity it has proved, else by its network address as <see cref="Ip"/> does.</summary>
    Client,

    /// <summary>Each proved identity, such as an API key's. Callers without one are one partition.</summary>
    Identity,

    /// <summary>Each tenant. Calls without one are one partition.</summary>
    Tenant,

    /// <summary>Each network address, or network where the rule's prefix lengths say so. Callers without an address, as on a Unix socket, are one partition.</summary>
    Ip,

    /// <summary>Each service.</summary>
    Service,

    /// <summary>Each method.</summary>
    Method,

    /// <summary>Each instance. One that is over its limit is passed over while others are not; every attempt of a call counts.</summary>
    Instance,

    /// <summary>All calls that the rule is for.</summary>
    Router,
}
