using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GrpcRouter.FunctionalTests;

public sealed class ClientFailoverTests
{
    [Fact]
    public async Task Calls_go_to_the_next_router_when_one_is_gone_and_come_back_when_that_goes()
    {
        LogGuard logs = new();
        RouterTestHost first = await RouterTestHost.StartAsync<ProbeRouter>();
        RouterTestHost second = await RouterTestHost.StartAsync<ProbeRouter>();
        await using ProbeBridge one = await ServeAsync(first, "one", logs);
        await using ProbeBridge two = await ServeAsync(second, "two", logs);
        using GrpcChannel channel = RouterChannel.ForAddresses([first.Address, second.Address]);
        Probe.ProbeClient client = new(channel);
        Assert.Equal("one", (await client.UnaryAsync(new Chunk())).Text);

        await one.StopAsync();
        await first.DisposeAsync();
        Assert.Equal("two", (await client.UnaryAsync(new Chunk())).Text);
        using (AsyncDuplexStreamingCall<Chunk, Chunk> talk = client.Talk())
        {
            await talk.RequestStream.WriteAsync(new Chunk { Text = "hello" });
            Assert.True(await talk.ResponseStream.MoveNext(CancellationToken.None));
            await talk.RequestStream.CompleteAsync();
        }

        await using RouterTestHost again = await RouterTestHost.StartAsync<ProbeRouter>(new RouterTestHostOptions { Port = first.Port });
        await using ProbeBridge three = await ServeAsync(again, "three", logs);
        await two.StopAsync();
        await second.DisposeAsync();
        Assert.Equal("three", (await client.UnaryAsync(new Chunk())).Text);
        await three.StopAsync();
    }

    [Fact]
    public async Task A_call_that_a_leaving_router_or_one_without_instances_turned_away_is_made_at_the_next()
    {
        LogGuard logs = new();
        await using RouterTestHost empty = await RouterTestHost.StartAsync<ProbeRouter>();
        await using RouterTestHost leaving = await RouterTestHost.StartAsync<ProbeRouter>();
        await using RouterTestHost serving = await RouterTestHost.StartAsync<ProbeRouter>();
        leaving.Hub.BeginShutdown();
        await using ProbeBridge bridge = await ServeAsync(serving, "here", logs);
        using GrpcChannel channel = RouterChannel.ForAddresses([empty.Address, leaving.Address, serving.Address]);
        Assert.Equal("here", (await new Probe.ProbeClient(channel).UnaryAsync(new Chunk())).Text);
        await bridge.StopAsync();
    }

    [Fact]
    public async Task When_no_router_is_there_the_call_is_unavailable()
    {
        using GrpcChannel channel = RouterChannel.ForAddresses(["http://127.0.0.1:1", "http://127.0.0.1:2"]);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(channel).UnaryAsync(new Chunk()));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Theory]
    [InlineData()]
    [InlineData("http://localhost:1", "https://localhost:2")]
    [InlineData("http://localhost:1", "nowhere")]
    public void Routers_are_all_of_one_kind(params string[] addresses) =>
        Assert.Throws<ArgumentException>(() => RouterChannel.ForAddresses(addresses));

    private static async Task<ProbeBridge> ServeAsync(RouterTestHost router, string name, LogGuard logs)
    {
        ProbeService service = new() { OnUnary = (_, _) => Task.FromResult(new Chunk { Text = name }) };
        ProbeBridge bridge = new(service, router.Address, new BridgeOptions { InstanceId = name, LoggerFactory = logs });
        await bridge.StartAsync().Soon("The bridge did not register.");
        return bridge;
    }
}
