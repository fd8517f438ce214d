using System.Net;
using Grpc.Core;

namespace GrpcRouter.Core.Tests;

public sealed class PeerGuardTests
{
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Away = IPAddress.Parse("198.51.100.1");

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.66", false)]
    [InlineData("198.51.100.1", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    public void A_network_that_is_denied_is_out_also_where_it_is_allowed(string address, bool allowed)
    {
        PeerNetworkOptions options = new();
        options.AllowedNetworks.Add("192.0.2.0/24");
        options.AllowedNetworks.Add("2001:db8::/32");
        options.DeniedNetworks.Add("192.0.2.66");
        Assert.Equal(allowed, new NetworkList(options).Allows(IPAddress.Parse(address)));
    }

    [Fact]
    public void A_peer_without_an_address_may_always_come()
    {
        PeerNetworkOptions options = new();
        options.AllowedNetworks.Add("192.0.2.0/24");
        Assert.True(new NetworkList(options).Allows(null));
    }

    [Fact]
    public void Only_who_may_neither_call_nor_register_cannot_connect()
    {
        RouterOptions options = new();
        options.Peers.Callers.AllowedNetworks.Add("192.0.2.0/24");
        options.Peers.Instances.AllowedNetworks.Add("198.51.100.0/24");
        using Bench bench = new(options);
        Assert.NotNull(bench.Hub.Peers.Connect(Home));
        Assert.NotNull(bench.Hub.Peers.Connect(Away));
        Assert.Null(bench.Hub.Peers.Connect(IPAddress.Loopback));
        Assert.Equal(1, bench.Hub.Peers.RefusedConnections);
    }

    [Fact]
    public void A_peer_has_so_many_connections_and_another_has_its_own()
    {
        using Bench bench = new(new RouterOptions { Peers = new PeerOptions { MaxConnections = 2, IPv4PrefixLength = 24 } });
        PeerConnection first = bench.Hub.Peers.Connect(Home)!;
        Assert.NotNull(bench.Hub.Peers.Connect(IPAddress.Parse("192.0.2.2")));
        Assert.Null(bench.Hub.Peers.Connect(IPAddress.Parse("192.0.2.3")));
        Assert.NotNull(bench.Hub.Peers.Connect(Away));
        first.Dispose();
        first.Dispose();
        Assert.NotNull(bench.Hub.Peers.Connect(Home));
        Assert.Null(bench.Hub.Peers.Connect(Home));
    }

    [Fact]
    public async Task A_call_from_a_network_that_may_not_call_is_refused_and_counted()
    {
        RouterOptions options = new();
        options.Peers.Callers.DeniedNetworks.Add("198.51.100.0/24");
        using Bench bench = new(options);
        Assert.Equal("Unavailable NO_INSTANCE", await Call(bench, Home).OutcomeAsync());
        Assert.Equal("PermissionDenied PEER_REFUSED", await Call(bench, Away).OutcomeAsync());
        Assert.Equal(1, bench.Hub.Peers.RefusedCalls);
        bench.Hub.Apply(new RouterOptions());
        Assert.Equal("Unavailable NO_INSTANCE", await Call(bench, Away).OutcomeAsync());
    }

    [Fact]
    public async Task Behind_a_proxy_both_its_network_and_that_of_its_client_must_be_allowed()
    {
        RouterOptions options = new();
        options.Peers.Callers.DeniedNetworks.Add("198.51.100.0/24");
        using Bench bench = new(options);
        Assert.Equal("PermissionDenied PEER_REFUSED", await Call(bench, Away, bench.Hub.Peers.Connect(Home)).OutcomeAsync());
        Assert.Equal("PermissionDenied PEER_REFUSED", await Call(bench, Home, PeerGuard.Adopt(Away)).OutcomeAsync());
        PeerConnection own = bench.Hub.Peers.Connect(Home)!;
        Assert.Equal("Unavailable NO_INSTANCE", await Call(bench, own.Address!, own).OutcomeAsync());
    }

    [Fact]
    public async Task Calls_of_a_connection_and_of_a_peer_are_bounded_until_they_are_over()
    {
        using Bench bench = new(new RouterOptions { Peers = new PeerOptions { MaxCallsPerConnection = 2, MaxCalls = 3 } });
        ScriptedInstance instance = await bench.InstanceAsync();
        PeerConnection one = PeerGuard.Adopt(Home);
        PeerConnection other = PeerGuard.Adopt(Home);
        (TestLeg first, ulong id) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home, On = one });
        await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home, On = one });
        Assert.Equal("connection", await ScopeAsync(Call(bench, Home, one)));
        (TestLeg third, _) = await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home, On = other });
        Assert.Equal("peer", await ScopeAsync(Call(bench, Home, other)));

        // What the second limit refused holds no place in the first.
        third.Leave();
        await third.Done.Soon();
        await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home, On = other });
        await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Away, On = other });

        instance.Send(InstanceFrame.Ended(id, StatusCode.NotFound));
        await first.Done.Soon();
        await bench.StartAsync(instance, Probe.Unary, new TestLeg { From = Home, On = one });
    }

    [Fact]
    public async Task Channels_of_a_peer_are_bounded_over_all_services()
    {
        using Bench bench = new(new RouterOptions { Peers = new PeerOptions { MaxChannels = 1 } });
        ChannelPeer peer = new("ipv4:192.0.2.1:7") { Address = Home };
        HeldPermits held = default;
        Assert.True(bench.Hub.Peers.TryOpenChannel(peer, "a", ref held, out _));
        HeldPermits none = default;
        Assert.False(bench.Hub.Peers.TryOpenChannel(peer, "b", ref none, out Status refusal));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal(0, none.Count);
        held.End();
        Assert.True(bench.Hub.Peers.TryOpenChannel(peer, "b", ref none, out _));
        Assert.Equal(1, bench.Hub.Peers.RefusedChannels);
        await Task.CompletedTask;
    }

    [Fact]
    public void Refusals_that_come_in_a_flood_are_few_lines_and_all_counted()
    {
        ManualTimeProvider time = new();
        LineGate gate = new(time);
        Assert.True(gate.TryOpen(out long since));
        Assert.Equal(1, since);
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(gate.TryOpen(out _));
        }

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(gate.TryOpen(out since));
        Assert.Equal(1001, since);
    }

    [Fact]
    public void A_change_of_options_keeps_the_counts_of_limits_that_stay()
    {
        using Bench bench = new(new RouterOptions { Peers = new PeerOptions { MaxConnections = 1 } });
        PeerConnection connection = bench.Hub.Peers.Connect(Home)!;
        bench.Hub.Apply(new RouterOptions { Peers = new PeerOptions { MaxConnections = 1, MaxChannels = 5 } });
        Assert.Null(bench.Hub.Peers.Connect(Home));
        connection.Dispose();
        Assert.NotNull(bench.Hub.Peers.Connect(Home));
    }

    [Fact]
    public void All_that_cannot_work_is_said_with_its_path()
    {
        RouterOptions options = new() { Peers = new PeerOptions { MaxCalls = 0, IPv6PrefixLength = -1 } };
        options.Peers.Callers.AllowedNetworks.Add("192.0.2.0/33");
        options.Peers.Instances.DeniedNetworks.Add("home");
        Assert.Equal(
            [
                "GrpcRouter:Peers:MaxCalls must be 1 or more; it is 0.",
                "GrpcRouter:Peers:IPv6PrefixLength must be 0 to 128; it is -1.",
                "GrpcRouter:Peers:Callers:AllowedNetworks:0 must be a network such as 192.0.2.0/24, without bits beyond its length, or an address; it is 192.0.2.0/33.",
                "GrpcRouter:Peers:Instances:DeniedNetworks:0 must be a network such as 192.0.2.0/24, without bits beyond its length, or an address; it is home.",
            ],
            options.FindErrors());
    }

    private static TestLeg Call(Bench bench, IPAddress from, PeerConnection? on = null) =>
        bench.Call(Probe.Unary, new TestLeg { From = from, On = on }).Send([1]).HalfClose();

    private static async Task<string> ScopeAsync(TestLeg leg)
    {
        Assert.Equal("ResourceExhausted PEER_LIMIT", await leg.OutcomeAsync());
        return leg.RouterEnd!.Value.Metadata!.Single(static entry => entry.Key == "scope").Value;
    }
}
