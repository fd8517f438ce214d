using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>
/// Kestrel's sockets with a look at who connects, before TLS and whatever the endpoints are set to. A middleware of the endpoints would be displaced by defaults of the
/// application's own.
/// </summary>
internal sealed class GuardedTransport(IOptions<SocketTransportOptions> options, ILoggerFactory loggers, RouterHub hub) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory sockets = new(options, loggers);

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new GuardedListener(await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), hub.Peers);
}
