using System.Net.Sockets;

/// <summary>The network between an instance and the router. Once cut, the connection is gone without a goodbye and cannot be made again.</summary>
internal sealed class Cable
{
    private readonly CancellationTokenSource cut = new();

    public void Plug(SocketsHttpHandler handler) => handler.ConnectCallback = async (context, cancellationToken) =>
    {
        cut.Token.ThrowIfCancellationRequested();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        cut.Token.Register(socket.Dispose);
        return new NetworkStream(socket, ownsSocket: true);
    };

    public void Cut() => cut.Cancel();
}
