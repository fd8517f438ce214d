using System.Net;
using System.Net.Sockets;

namespace GrpcRouter.ChaosTests;

public sealed class LinkTests
{
    [Fact]
    public async Task A_cut_link_keeps_what_it_gets_until_it_is_healed()
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        await using Link link = new(((IPEndPoint)target.LocalEndpoint).Port);
        using TcpClient near = new();
        await near.ConnectAsync(IPEndPoint.Parse(new Uri(link.Address).Authority));
        using TcpClient far = await target.AcceptTcpClientAsync();
        byte[] buffer = new byte[2];

        await near.GetStream().WriteAsync("a"u8.ToArray());
        await far.GetStream().ReadExactlyAsync(buffer.AsMemory(0, 1));
        link.Cut();
        await near.GetStream().WriteAsync("b"u8.ToArray());
        near.Client.Shutdown(SocketShutdown.Send);
        Task<int> reading = far.GetStream().ReadAtLeastAsync(buffer, 2, throwOnEndOfStream: false).AsTask();

        // Another connection cannot get through either, and its bytes would be there by the time this one's are.
        using TcpClient other = new();
        await other.ConnectAsync(IPEndPoint.Parse(new Uri(link.Address).Authority));
        Assert.False(target.Pending());
        Assert.False(reading.IsCompleted);

        link.Heal();
        Assert.Equal(1, await reading);
        Assert.Equal((byte)'b', buffer[0]);
        using TcpClient late = await target.AcceptTcpClientAsync();
    }
}
