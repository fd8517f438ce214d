using Greet;
using Grpc.Core;
using GrpcRouter.Tests;

namespace GrpcRouter.SamplesTests;

public sealed class SeparateProcessTests
{
    [Fact]
    public async Task Calls_go_on_when_one_of_two_instances_is_killed()
    {
        using var router = Sample.Start("RouterHost", "--urls", "http://127.0.0.1:0");
        var address = await router.WaitFor(@"Now listening on: (http://\S+)");
        using var first = Sample.Start("GreeterInstance", "--router", address);
        using var second = Sample.Start("GreeterInstance", "--router", address);
        await first.WaitFor("Registered greet.Greeter");
        await second.WaitFor("Registered greet.Greeter");
        using var channel = RouterChannel.ForAddress(address);
        var client = new Greeter.GreeterClient(channel);

        Assert.Equivalent(new[] { NameOf(first), NameOf(second) }, await Servers(client, calls: 4), strict: true);

        using var one = await StartChat(client);
        using var two = await StartChat(client);
        var (lost, kept) = one.ResponseStream.Current.Instance == NameOf(first) ? (one, two) : (two, one);
        first.Kill();

        var error = await Assert.ThrowsAsync<RpcException>(() => lost.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        await kept.RequestStream.WriteAsync(new HelloRequest { Name = "Jean" });
        Assert.True(await kept.ResponseStream.MoveNext(default));
        Assert.Equal(NameOf(second), kept.ResponseStream.Current.Instance);
        Assert.Equal([NameOf(second)], await Servers(client, calls: 8));
    }

    private static CallOptions Limit => new(deadline: DateTime.UtcNow.AddSeconds(60));

    // By which the sample service tells who served a call.
    private static string NameOf(ChildProcess instance) => $"process {instance.Id}";

    private static async Task<IEnumerable<string>> Servers(Greeter.GreeterClient client, int calls)
    {
        HashSet<string> servers = [];
        for (var i = 0; i < calls; i++)
        {
            servers.Add((await client.SayHelloAsync(new HelloRequest { Name = "Ada" }, Limit)).Instance);
        }

        return servers;
    }

    private static async Task<AsyncDuplexStreamingCall<HelloRequest, HelloReply>> StartChat(Greeter.GreeterClient client)
    {
        var chat = client.Chat(Limit);
        await chat.RequestStream.WriteAsync(new HelloRequest { Name = "Hedy" });
        Assert.True(await chat.ResponseStream.MoveNext(default));
        return chat;
    }
}
