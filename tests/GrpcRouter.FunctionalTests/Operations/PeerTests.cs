using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using GrpcRouter.Testing;

namespace GrpcRouter.FunctionalTests;

public sealed class PeerTests : FunctionalTest
{
    private const string Unary = "/functional.Probe/Unary";

    [Fact]
    public async Task A_peer_whose_network_may_not_come_is_cut_off_at_once_and_named_in_the_log()
    {
        Rig rig = await StartAsync(new RigOptions { Router = static options =>
        {
            options.Peers.Callers.DeniedNetworks.Add("127.0.0.2");
            options.Peers.Instances.DeniedNetworks.Add("127.0.0.2");
        } });

        for (int i = 0; i < 20; i++)
        {
            Assert.False(await StaysAsync(rig, "127.0.0.2"));
        }

        Assert.Equal("0", (await rig.Raw.CallAsync(Unary, RawClient.Message([]))).Status);
        Assert.Equal(20, rig.Host.Hub.Peers.RefusedConnections);
        Assert.Single(rig.Host.Log, static line => line.Contains("127.0.0.2", StringComparison.Ordinal));
        rig.Logs.Expect("ConnectionsRefused");
    }

    [Fact]
    public async Task A_network_that_may_register_and_not_call_gets_a_status_for_its_calls()
    {
        Rig rig = await StartAsync(new RigOptions { Router = static options => options.Peers.Callers.AllowedNetworks.Add("192.0.2.0/24") });
        RawResponse response = await rig.Raw.CallAsync(Unary, RawClient.Message([]));
        Assert.Equal(("7", RouterReasons.PeerRefused), (response.Status, response.RouterReason));
        rig.Logs.Expect("CallsRefused");
    }

    [Fact]
    public async Task A_network_that_may_call_and_not_register_gets_a_status_for_its_registration()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.Peers.Instances.AllowedNetworks.Add("192.0.2.0/24") });
        Scripted instance = await rig.ConnectAsync();
        Assert.Equal(StatusCode.PermissionDenied, (await instance.ReceiveEndAsync()).StatusCode);
        Assert.Equal(0, rig.Router.OpenChannels);
        Assert.Equal("14", (await rig.Raw.CallAsync(Unary, RawClient.Message([]))).Status);
        rig.Logs.Expect("ChannelsRefused");
    }

    [Fact]
    public async Task A_peer_has_no_more_connections_than_it_may_and_its_place_comes_free()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.Peers.MaxConnections = 2 });
        using Socket first = await ConnectAsync(rig, "127.0.0.3");
        using Socket second = await ConnectAsync(rig, "127.0.0.3");
        Assert.False(await StaysAsync(rig, "127.0.0.3"));
        Assert.True(await StaysAsync(rig, "127.0.0.4"));
        first.Dispose();
        await Until.TrueAsync(() => StaysAsync(rig, "127.0.0.3").GetAwaiter().GetResult(), static () => "The place of the closed connection does not come free.");
        rig.Logs.Expect("ConnectionsRefused");
    }

    [Fact]
    public async Task Calls_of_a_connection_are_bounded()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.Peers.MaxCallsPerConnection = 1 });
        Scripted instance = await rig.ScriptAsync();
        Task<RawResponse> first = rig.Raw.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame start = await instance.NextCallAsync();

        RawResponse second = await rig.Raw.CallAsync(Unary, RawClient.Message([]));
        Assert.Equal(("8", RouterReasons.PeerLimit), (second.Status, second.RouterReason));
        using RawClient another = new(rig.Address);
        Task<RawResponse> third = another.CallAsync(Unary, RawClient.Message([]));
        ProbeRouterFrame other = await instance.NextCallAsync();

        await instance.EndAsync(start.CallId, 5);
        await instance.EndAsync(other.CallId, 5);
        Assert.Equal(("5", "5"), ((await first).Status, (await third).Status));
        rig.Logs.Expect("CallsRefused");
    }

    [Fact]
    public async Task Channels_of_a_peer_are_bounded()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = static options => options.Peers.MaxChannels = 1 });
        await rig.ScriptAsync();
        Scripted second = await rig.ConnectAsync();
        Assert.Equal(StatusCode.ResourceExhausted, (await second.ReceiveEndAsync()).StatusCode);
        Assert.Equal(1, rig.Router.OpenChannels);
        rig.Logs.Expect("ChannelsRefused");
    }

    private static async Task<Socket> ConnectAsync(Rig rig, string from)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, rig.Host.Port);
        return socket;
    }

    // A router that takes the connection says its settings to the client's preface; one that does not closes it.
    private static async Task<bool> StaysAsync(Rig rig, string from)
    {
        try
        {
            using Socket socket = await ConnectAsync(rig, from);
            await socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"u8.ToArray());
            return await socket.ReceiveAsync(new byte[1]).Soon("The router neither answers nor closes.") == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
