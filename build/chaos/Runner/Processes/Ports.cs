using System.Net;
using System.Net.Sockets;

namespace GrpcRouter.Chaos;

/// <summary>Ports that stay a router's own while it is away.</summary>
internal static class Ports
{
    // Below those that the system gives to outgoing connections: one of them might take the port of a router that is just restarting,
    // and a client that dials its own source port would even be answered by itself.
    private const int First = 12_000;
    private const int End = 32_000;

    public static int Take(Random random)
    {
        while (true)
        {
            int port = random.Next(First, End);
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }
}
