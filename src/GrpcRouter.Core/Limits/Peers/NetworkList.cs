using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GrpcRouter;

/// <summary>Networks that are allowed and denied.</summary>
internal sealed class NetworkList
{
    private readonly IPNetwork[] allowed;
    private readonly IPNetwork[] denied;

    public NetworkList(PeerNetworkOptions options)
    {
        allowed = Parse(options.AllowedNetworks);
        denied = Parse(options.DeniedNetworks);
    }

    /// <summary>Everyone may come.</summary>
    public bool IsOpen => allowed.Length == 0 && denied.Length == 0;

    /// <param name="address">Null where there is none, as on a Unix socket.</param>
    public bool Allows(IPAddress? address)
    {
        if (IsOpen || address is null)
        {
            return true;
        }

        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Contains(denied, plain) && (allowed.Length == 0 || Contains(allowed, plain));
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }

        return IPNetwork.TryParse(text, out network);
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address)
    {
        foreach (IPNetwork network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPNetwork[] Parse(IList<string> networks) => [.. networks.Select(static text => TryParse(text, out IPNetwork network) ? network : default)];
}
