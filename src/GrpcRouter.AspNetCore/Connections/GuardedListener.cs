using System.Net;
using Microsoft.AspNetCore.Connections;

namespace GrpcRouter;

/// <summary>Accepts connections, and closes at once those of peers that may not come.</summary>
internal sealed class GuardedListener(IConnectionListener inner, PeerGuard peers) : IConnectionListener
{
    public EndPoint EndPoint => inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ConnectionContext? connection = await inner.AcceptAsync(cancellationToken).ConfigureAwait(false);
            if (connection is null || PeerConnections.TryAccept(connection, peers))
            {
                return connection;
            }

            // The next must not wait for the close of this one.
            _ = CloseAsync(connection);
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async Task CloseAsync(ConnectionContext connection)
    {
        connection.Abort();
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
