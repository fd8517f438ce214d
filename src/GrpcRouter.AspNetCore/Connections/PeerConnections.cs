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

        // Calls of one connection run at once, and its items are a plain dictionary.
        lock (items)
        {
            if (items.TryGetValue(ItemKey, out object? known))
            {
                return (PeerConnection)known!;
            }

            PeerConnection peer = PeerGuard.Adopt((context.Features.Get<IConnectionEndPointFeature>()?.RemoteEndPoint as IPEndPoint)?.Address);
            items[ItemKey] = peer;
            return peer;
        }
    }
}
