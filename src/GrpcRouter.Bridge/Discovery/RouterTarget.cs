using System.Net;
using System.Net.Sockets;

namespace GrpcRouter;

/// <summary>A router to be dialed.</summary>
/// <param name="Address">Where it is, with the scheme.</param>
/// <param name="Host">Host and port that it is asked for, and whose certificate it must have; null when the address says that.</param>
internal sealed record RouterTarget(Uri Address, string? Host = null)
{
    /// <summary>The connection is encrypted.</summary>
    public bool UsesTls => Address.Scheme == Uri.UriSchemeHttps;

    /// <summary>An address that a name has been resolved to.</summary>
    /// <param name="named">The router's address by its name.</param>
    /// <param name="address">The resolved one.</param>
    public static RouterTarget At(Uri named, IPAddress address)
    {
        string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        string asked = named.IsDefaultPort ? named.IdnHost : $"{named.IdnHost}:{named.Port}";
        return new RouterTarget(new Uri($"{named.Scheme}://{host}:{named.Port}"), asked);
    }

    public override string ToString() => Host is null ? Address.ToString() : $"{Address} ({Host})";
}
