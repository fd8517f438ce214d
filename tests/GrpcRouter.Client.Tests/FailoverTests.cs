using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client.Configuration;
using GrpcRouter.Testing;

namespace GrpcRouter.Client.Tests;

public sealed class FailoverTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Calls_go_to_the_first_router_to_the_next_when_it_has_gone_and_back_when_that_goes()
    {
        EchoSite one = await EchoSite.StartAsync("one");
        EchoSite two = await EchoSite.StartAsync("two");
        using GrpcChannel channel = RouterChannel.ForAddresses([one.Address, two.Address]);
        Assert.Equal(["one", "one", "one"], await ServersAsync(channel, 3));

        await one.DisposeAsync();
        Assert.Equal(["two", "two", "two"], await ServersAsync(channel, 3));

        await using EchoSite again = await EchoSite.StartAsync("one again", one.Port);
        await two.DisposeAsync();
        Assert.Equal(["one again", "one again", "one again"], await ServersAsync(channel, 3));
    }

    [Fact]
    public async Task Calls_under_way_on_a_lost_router_are_unavailable_and_the_next_goes_elsewhere()
    {
        EchoSite one = await EchoSite.StartAsync("one");
        await using EchoSite two = await EchoSite.StartAsync("two");
        using GrpcChannel channel = RouterChannel.ForAddresses([one.Address, two.Address]);
        using AsyncDuplexStreamingCall<Line, Line> chat = new Echo.EchoClient(channel).Chat();
        await AssertAnsweredAsync(chat, "one");

        one.LoseClients();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => chat.ResponseStream.MoveNext(TestContext.Current.CancellationToken).Soon("The stream did not end."));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        await one.DisposeAsync();
        Assert.Equal(["two"], await ServersAsync(channel, 1));
    }

    [Fact]
    public async Task A_router_that_refuses_connections_is_passed_by()
    {
        (string nobody, _) = await EchoSite.ReserveAsync();
        await using EchoSite two = await EchoSite.StartAsync("two");
        using GrpcChannel channel = RouterChannel.ForAddresses([nobody, two.Address]);

        using AsyncDuplexStreamingCall<Line, Line> chat = new Echo.EchoClient(channel).Chat();
        await AssertAnsweredAsync(chat, "two");
        Assert.Equal(["two"], await ServersAsync(channel, 1));
    }

    [Fact]
    public async Task A_stream_that_is_turned_away_ends_and_the_next_goes_elsewhere()
    {
        await using RouterTestHost empty = await RouterTestHost.StartAsync<EchoRouter>();
        await using EchoSite two = await EchoSite.StartAsync("two");
        using GrpcChannel channel = RouterChannel.ForAddresses([empty.Address, two.Address]);
        Echo.EchoClient client = new(channel);
        using AsyncDuplexStreamingCall<Line, Line> refused = client.Chat();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext(TestContext.Current.CancellationToken).Soon("The stream did not end."));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        using AsyncDuplexStreamingCall<Line, Line> next = client.Chat();
        await AssertAnsweredAsync(next, "two");
    }

    [Fact]
    public async Task A_call_that_finds_no_instance_at_any_router_is_told_so_rather_than_that_another_is_down()
    {
        await using RouterTestHost empty = await RouterTestHost.StartAsync<EchoRouter>();
        (string nobody, _) = await EchoSite.ReserveAsync();
        using GrpcChannel channel = RouterChannel.ForAddresses([empty.Address, nobody]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Echo.EchoClient(channel).OneAsync(new Line()).ResponseAsync.Soon("The call did not end."));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains("echo.Echo", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_that_answers_nothing_is_passed_by_once_the_time_to_connect_is_over()
    {
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using Socket queued = FillQueue(silent);
        await using EchoSite two = await EchoSite.StartAsync("two");
        using SocketsHttpHandler handler = new() { ConnectTimeout = Short };
        using GrpcChannel channel = RouterChannel.ForAddresses([$"http://{silent.LocalEndPoint}", two.Address], new GrpcChannelOptions { HttpHandler = handler });

        Assert.Equal(["two"], await ServersAsync(channel, 1));
    }

    [Fact]
    public async Task Without_a_router_calls_are_unavailable_and_those_that_wait_for_one_get_it()
    {
        (string first, _) = await EchoSite.ReserveAsync();
        (string second, int port) = await EchoSite.ReserveAsync();
        using GrpcChannel channel = RouterChannel.ForAddresses([first, second], new GrpcChannelOptions { InitialReconnectBackoff = Short, MaxReconnectBackoff = Short });
        Echo.EchoClient client = new(channel);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.OneAsync(new Line()).ResponseAsync.Soon("The call did not end."));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);

        Task<Line> waiting = client.OneAsync(new Line(), new CallOptions().WithWaitForReady()).ResponseAsync;
        Assert.False(waiting.IsCompleted);
        await using EchoSite site = await EchoSite.StartAsync("late", port);

        Assert.Equal("late", (await waiting.Soon("The call did not find the router.")).Server);
    }

    [Fact]
    public async Task With_round_robin_calls_go_to_all_routers_and_to_those_that_are_left()
    {
        await using EchoSite one = await EchoSite.StartAsync("one");
        EchoSite two = await EchoSite.StartAsync("two");
        using GrpcChannel channel = RouterChannel.ForAddresses(
            [one.Address, two.Address],
            new GrpcChannelOptions { ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } } });

        // A router takes its turns once its connection is up.
        HashSet<string> seen = [];
        while (seen.Count < 2)
        {
            seen.UnionWith(await ServersAsync(channel, 1));
        }

        string[] turns = await ServersAsync(channel, 4);
        Assert.Equal(2, turns.Count(static server => server == "one"));
        await two.DisposeAsync();
        await Until.TrueAsync(() => ServedByOneAlone(channel), "Calls still go to the router that has gone.");
    }

    private static bool ServedByOneAlone(GrpcChannel channel)
    {
        Echo.EchoClient client = new(channel);
        try
        {
            return Enumerable.Range(0, 4).All(_ => client.One(new Line()).Server == "one");
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    }

    private static async Task AssertAnsweredAsync(AsyncDuplexStreamingCall<Line, Line> chat, string server)
    {
        await chat.RequestStream.WriteAsync(new Line(), TestContext.Current.CancellationToken);
        Assert.True(await chat.ResponseStream.MoveNext(TestContext.Current.CancellationToken).Soon("No answer came."));
        Assert.Equal(server, chat.ResponseStream.Current.Server);
    }

    private static async Task<string[]> ServersAsync(GrpcChannel channel, int calls)
    {
        Echo.EchoClient client = new(channel);
        string[] servers = new string[calls];
        for (int i = 0; i < calls; i++)
        {
            servers[i] = (await client.OneAsync(new Line()).ResponseAsync.Soon("The call was not answered.")).Server;
        }

        return servers;
    }

    // A queue of no length takes one connection; whoever comes next hears nothing.
    private static Socket FillQueue(Socket listener)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        Socket queued = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        queued.Connect(listener.LocalEndPoint!);
        return queued;
    }
}
