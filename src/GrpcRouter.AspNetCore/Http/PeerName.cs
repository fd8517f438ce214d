using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>A peer's address in gRPC's form, as <c>ipv4:127.0.0.1:40000</c>. Made once a connection.</summary>
internal static class PeerName
{
    private static readonly object ItemKey = new();

    public static string Of(HttpContext context)
    {
        IDictionary<object, object?>? items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        return items is null ? Name(context.Connection) : ConnectionItems.GetOrAdd(items, ItemKey, context.Connection, Name);
    }

    /// <summary>The name of an endpoint of the network; null when it is none.</summary>
    public static string? Of(EndPoint? endpoint) => endpoint is IPEndPoint { Address: var address, Port: var port } ? Name(address, port) : null;

    private static string Name(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } address ? Name(address, connection.RemotePort) : "unix:";

    private static string Name(IPAddress address, int port)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"ipv6:[{address}]:{port}"
            : $"ipv4:{address}:{port}";
    }
}
