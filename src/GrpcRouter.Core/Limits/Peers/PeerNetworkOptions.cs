namespace GrpcRouter;

/// <summary>Networks, each as an address and its leading bits, such as <c>192.0.2.0/24</c> or <c>2001:db8::/32</c>, or as one address.</summary>
public sealed class PeerNetworkOptions
{
    /// <summary>Who may come. Empty, the default: everyone. Peers on Unix sockets may always.</summary>
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>Who may not, also where <see cref="AllowedNetworks"/> says so. Default: nobody.</summary>
    public IList<string> DeniedNetworks { get; } = [];
}
