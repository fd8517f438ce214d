using System.Net;

namespace GrpcRouter;

/// <summary>Who is at the other end of a registration channel.</summary>
/// <param name="Name">Its address in gRPC's form, such as <c>ipv4:127.0.0.1:40000</c>; for operators.</param>
public sealed record ChannelPeer(string Name)
{
    /// <summary>Its network address; null where there is none, as on a Unix socket.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Who it has proved to be; null: nobody.</summary>
    public PeerIdentity? Identity { get; init; }
}
