using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>Keeps what is counted of a connection with the connection.</summary>
internal static class PeerConnections
{
    private static readonly object ItemKey = new();

    /// <summary>A connection has been accepted.</summary>
    /// <returns>False when it is to be closed at once.</returns>
    public static bool TryAccept(ConnectionContext connection, PeerGuard peers)
    {
        if (peers.Connect((connection.RemoteEndPoint as IPEndPoint)?.Address) is not { } peer)
        {
            return false;
        }

        connection.Items[ItemKey] = peer;
        connection.ConnectionClosed.UnsafeRegister(static state => ((PeerConnection)state!).Dispose(), peer);
        return true;
    }

    /// <summary>The connection of a request. On transports that the router does not guard it is met here first.</summary>
    public static PeerConnection? Of(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return null;
        }

        return ConnectionItems.GetOrAdd(
            items, ItemKey, context, static made => PeerGuard.Adopt((made.Features.Get<IConnectionEndPointFeature>()?.RemoteEndPoint as IPEndPoint)?.Address));
    }
}
