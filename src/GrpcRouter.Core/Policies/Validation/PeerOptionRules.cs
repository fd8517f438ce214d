using System.Globalization;

namespace GrpcRouter;

/// <summary>Rules for what is set for peers.</summary>
internal static class PeerOptionRules
{
    public static void Check(in OptionScope root, PeerOptions? peers)
    {
        if (!root.IsThere(nameof(RouterOptions.Peers), peers))
        {
            return;
        }

        OptionScope scope = root.Of(nameof(RouterOptions.Peers));
        scope.AtLeast(nameof(peers.MaxConnections), peers!.MaxConnections, 1);
        scope.AtLeast(nameof(peers.MaxCalls), peers.MaxCalls, 1);
        scope.AtLeast(nameof(peers.MaxCallsPerConnection), peers.MaxCallsPerConnection, 1);
        scope.AtLeast(nameof(peers.MaxChannels), peers.MaxChannels, 1);
        scope.Range(nameof(peers.IPv4PrefixLength), peers.IPv4PrefixLength, 0, 32);
        scope.Range(nameof(peers.IPv6PrefixLength), peers.IPv6PrefixLength, 0, 128);
        Check(scope, nameof(peers.Callers), peers.Callers);
        Check(scope, nameof(peers.Instances), peers.Instances);
    }

    private static void Check(in OptionScope peers, string name, PeerNetworkOptions? networks)
    {
        if (peers.IsThere(name, networks))
        {
            OptionScope scope = peers.Of(name);
            Check(scope.Of(nameof(networks.AllowedNetworks)), networks!.AllowedNetworks);
            Check(scope.Of(nameof(networks.DeniedNetworks)), networks.DeniedNetworks);
        }
    }

    private static void Check(in OptionScope scope, IList<string> networks)
    {
        for (int i = 0; i < networks.Count; i++)
        {
            scope.Require(
                NetworkList.TryParse(networks[i], out _), i.ToString(CultureInfo.InvariantCulture), "must be a network such as 192.0.2.0/24, without bits beyond its length, or an address", networks[i]);
        }
    }
}
