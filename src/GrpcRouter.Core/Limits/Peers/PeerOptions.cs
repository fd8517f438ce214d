namespace GrpcRouter;

/// <summary>
/// Who may connect, and how much of it. A peer is its network address; addresses that a proxy forwards count only where the application has ASP.NET Core's forwarded-headers
/// middleware take them over, and then beside the proxy's own.
/// </summary>
public sealed class PeerOptions
{
    /// <summary>Networks that clients may call from. A call from elsewhere ends PERMISSION_DENIED with the reason PEER_REFUSED.</summary>
    public PeerNetworkOptions Callers { get; set; } = new();

    /// <summary>Networks that instances may register from. A registration from elsewhere ends PERMISSION_DENIED. Who may neither call nor register cannot connect.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public PeerNetworkOptions Instances { get; set; } = new();

    /// <summary>Open connections of one peer, of clients and instances together. Positive; default: no limit. One more is closed at once.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public int? MaxConnections { get; set; }

    /// <summary>Calls under way of one peer on all its connections. Positive; default: no limit. One more ends RESOURCE_EXHAUSTED with the reason PEER_LIMIT.</summary>
    public int? MaxCalls { get; set; }

    /// <summary>Calls under way on one connection. Positive; default: no limit. One more ends RESOURCE_EXHAUSTED with the reason PEER_LIMIT.</summary>
    public int? MaxCallsPerConnection { get; set; }

    /// <summary>Open registration channels of one peer, of all services. Positive; default: no limit. One more ends RESOURCE_EXHAUSTED.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public int? MaxChannels { get; set; }

    /// <summary>Leading bits of an IPv4 address that are one peer. 0 to 32; default 32: each address.</summary>
    public int IPv4PrefixLength { get; set; } = 32;

    /// <summary>Leading bits of an IPv6 address that are one peer. 0 to 128; default 64, because whoever has one address has all of its network.</summary>
    public int IPv6PrefixLength { get; set; } = 64;
}
