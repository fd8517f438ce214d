namespace GrpcRouter;

/// <summary>What says whose call it is.</summary>
public enum TenantSource
{
    /// <summary>Nothing: there are no tenants.</summary>
    None,

    /// <summary>The caller's credential: the tenant or a label of its API key, or a claim.</summary>
    Caller,

    /// <summary>Metadata. Any client can send it, so this separates tenants only where something in front of the router sets it.</summary>
    Header,

    /// <summary>The host name that was called. Any client can call any name, so this separates tenants only together with credentials.</summary>
    Host,
}
