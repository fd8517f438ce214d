using System.Net.Sockets;

namespace GrpcRouter.FunctionalTests;

/// <summary>The connections of a bridge, so that a test can cut them.</summary>
internal sealed class Cable
{
    private readonly Lock gate = new();
    private readonly List<Socket> sockets = [];

    public void Plug(SocketsHttpHandler handler) => handler.ConnectCallback = async (context, cancellationToken) =>
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        lock (gate)
        {
            sockets.Add(socket);
        }

        return new NetworkStream(socket, ownsSocket: true);
    };

    /// <summary>Resets all connections, as the crash of a machine does.</summary>
    public void Cut()
    {
        lock (gate)
        {
            sockets.ForEach(static socket => socket.Close(timeout: 0));
            sockets.Clear();
        }
    }
}
