using System.Net;
using System.Net.Sockets;

namespace GrpcRouter.Chaos;

/// <summary>
/// The network between an instance and a router: it passes bytes on until it is cut, and from then on keeps them, as a network does whose cable is
/// out: no end, no reset, and new connections that nobody answers. Healed, it delivers what it kept.
/// </summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly IPEndPoint target;
    private readonly Task accepting;
    private readonly List<Task> carriers = [];
    private TaskCompletionSource whole = Whole();

    public Link(int targetPort)
    {
        target = new IPEndPoint(IPAddress.Loopback, targetPort);
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Address => $"http://{listener.LocalEndpoint}";

    public void Cut() => Volatile.Write(ref whole, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Heal() => Volatile.Read(ref whole).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        Heal();
        listener.Stop();
        await accepting;
        await Task.WhenAll(carriers);
        closing.Dispose();
    }

    private static TaskCompletionSource Whole()
    {
        TaskCompletionSource source = new();
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                carriers.Add(CarryAsync(await listener.AcceptSocketAsync(closing.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The link is closed.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using Socket instance = near;
        using Socket router = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await Volatile.Read(ref whole).Task.WaitAsync(closing.Token);
            instance.NoDelay = router.NoDelay = true;
            await router.ConnectAsync(target, closing.Token);
            await Task.WhenAll(PassAsync(instance, router), PassAsync(router, instance));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side is gone, and with the sockets the other learns it.
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, closing.Token) is var read and > 0)
            {
                await Volatile.Read(ref whole).Task.WaitAsync(closing.Token);
                await to.SendAsync(buffer.AsMemory(0, read), closing.Token);
            }

            await Volatile.Read(ref whole).Task.WaitAsync(closing.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            to.Close(timeout: 0);
            from.Close(timeout: 0);
        }
    }
}
