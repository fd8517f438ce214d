using Greet;
using Grpc.Core;
using GrpcRouter;

// The router: all that clients and instances need to know is its address.
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Services.AddGrpcRouter(o => o.Service("greet.Greeter").Routing.Rules.Add(new()
{
    // Of callers that say who they are, one in twenty is served by the canary once there is one, and always the same ones.
    Headers = { new() { Name = "x-user" } },
    StickyHeader = "x-user",
    Targets =
    {
        new() { Weight = 95, Labels = { ["track"] = "stable" } },
        new() { Weight = 5, Labels = { ["track"] = "canary" }, FallBackToAny = true },
    },
}));
await using var app = builder.Build();
app.MapGrpcRouter<GreeterRouter>();
await app.StartAsync();
var address = app.Urls.Single();
Console.WriteLine($"router   listens on {address}");

// Two instances. They open no port: each dials the router, and calls come back over that connection.
var cable = new Cable();
var amberService = new GreeterService("amber");
await using var amber = new GreeterBridge(amberService, address, new BridgeOptions { ConfigureHandler = cable.Plug, Labels = { ["track"] = "stable" } });
await using var birch = new GreeterBridge(new GreeterService("birch"), address, new BridgeOptions { Labels = { ["track"] = "stable" } });
using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
await Task.WhenAll(amber.StartAsync(patience.Token), birch.StartAsync(patience.Token));
Console.WriteLine("router   has two instances, amber and birch");

using var channel = RouterChannel.ForAddress(address);
var client = new Greeter.GreeterClient(channel);
var limit = DateTime.UtcNow.AddSeconds(30);

// Calls of all four kinds, shared out among the instances.
HashSet<string> served = [];
foreach (var name in (string[])["Ada", "Barbara", "Charles", "Donald"])
{
    served.Add(Show("unary", await client.SayHelloAsync(new HelloRequest { Name = name }, deadline: limit)).Instance);
}

Expect(served.SetEquals(["amber", "birch"]), "both instances serve");

using (var all = client.GreetAll(deadline: limit))
{
    await all.RequestStream.WriteAsync(new HelloRequest { Name = "Edsger" });
    await all.RequestStream.WriteAsync(new HelloRequest { Name = "Frances" });
    await all.RequestStream.CompleteAsync();
    Expect(Show("client streaming", await all).Message == "Hello Edsger, Frances", "the requests arrive in order");
}

// A stream without an end, cancelled by the client after three messages.
using (var hellos = client.SayHellos(new HelloRequest { Name = "Grace" }, deadline: limit))
{
    for (var i = 0; i < 3; i++)
    {
        await hellos.ResponseStream.MoveNext(default);
        Show("server streaming", hellos.ResponseStream.Current);
    }
}

while (amber.LiveCalls + birch.LiveCalls > 0)
{
    Expect(DateTime.UtcNow < limit, "a cancelled call ends at the instance");
    await Task.Delay(10);
}

Console.WriteLine("client   cancelled the stream, and the instance has stopped sending");

// Two conversations, one on each instance. Then one of the instances loses its network without a goodbye.
using var one = await StartChat("Hedy");
using var other = await StartChat("Ivan");
var (lost, kept) = one.ResponseStream.Current.Instance == "amber" ? (one, other) : (other, one);
Expect(kept.ResponseStream.Current.Instance == "birch", "the conversations are on different instances");

// Two hellos, of which amber holds one up until it is cut off. A hello may run twice, so the router tries it on birch.
var held = new TaskCompletionSource();
amberService.BeforeHello = _ =>
{
    held.TrySetResult();
    return Task.Delay(Timeout.Infinite);
};
AsyncUnaryCall<HelloReply>[] hellosToBoth = [client.SayHelloAsync(new HelloRequest { Name = "Olga" }, deadline: limit), client.SayHelloAsync(new HelloRequest { Name = "Peter" }, deadline: limit)];
await held.Task;
cable.Cut();
Console.WriteLine("amber    is cut off");
try
{
    await lost.ResponseStream.MoveNext(default);
    Expect(false, "a call on a lost instance ends");
}
catch (RpcException error)
{
    Console.WriteLine($"client   the conversation with amber ended: {error.StatusCode}, {error.Status.Detail}");
    Expect(error.StatusCode == StatusCode.Unavailable, "a call on a lost instance ends UNAVAILABLE");
}

foreach (var hello in hellosToBoth)
{
    Expect(Show("unary, healed", await hello).Instance == "birch", "a hello that was lost with amber is answered by birch");
}

await kept.RequestStream.WriteAsync(new HelloRequest { Name = "Jean" });
await kept.ResponseStream.MoveNext(default);
Expect(Show("duplex streaming", kept.ResponseStream.Current).Instance == "birch", "the other conversation goes on");
await kept.RequestStream.CompleteAsync();
Expect(!await kept.ResponseStream.MoveNext(default), "the other conversation ends in order");

foreach (var name in (string[])["Katherine", "Leslie", "Margaret", "Niklaus"])
{
    Expect(Show("unary", await client.SayHelloAsync(new HelloRequest { Name = name }, deadline: limit)).Instance == "birch", "new calls go to the instance that is left");
}

// A new version beside the old one.
await using var canary = new GreeterBridge(new GreeterService("canary"), address, new BridgeOptions { Labels = { ["track"] = "canary" } });
await canary.StartAsync(patience.Token);
List<string> users = [.. Enumerable.Range(0, 400).Select(static user => $"user-{user}")];
var onCanary = await UsersOnCanary();
Console.WriteLine($"canary   serves {onCanary.Count} of {users.Count} users");
Expect(onCanary.Count is > 4 and < 50, "one user in twenty, more or less, is served by the canary");
Expect(onCanary.SetEquals(await UsersOnCanary()), "a user stays with the same version");

Console.WriteLine("done     every call ended as it should");

async Task<HashSet<string>> UsersOnCanary()
{
    HashSet<string> served = [];
    foreach (var user in users)
    {
        var reply = await client.SayHelloAsync(new HelloRequest { Name = user }, new Metadata { { "x-user", user } }, limit);
        if (reply.Instance == "canary")
        {
            served.Add(user);
        }
    }

    return served;
}

async Task<AsyncDuplexStreamingCall<HelloRequest, HelloReply>> StartChat(string name)
{
    var chat = client.Chat(deadline: limit);
    await chat.RequestStream.WriteAsync(new HelloRequest { Name = name });
    await chat.ResponseStream.MoveNext(default);
    Show("duplex streaming", chat.ResponseStream.Current);
    return chat;
}

static HelloReply Show(string kind, HelloReply reply)
{
    Console.WriteLine($"{reply.Instance}    {kind}: {reply.Message}");
    return reply;
}

static void Expect(bool condition, string what)
{
    if (!condition)
    {
        throw new InvalidOperationException($"Not as expected: {what}.");
    }
}
