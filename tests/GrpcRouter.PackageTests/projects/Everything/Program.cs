using Greet;
using Grpc.Core;
using GrpcRouter;

await using var app = CreateRouter(args);
await app.StartAsync();
using var host = CreateInstance(args);
await host.StartAsync();

#region bridge
await using var bridge = new GreeterBridge(new GreeterService(), "http://localhost:5000");
await bridge.StartAsync();
#endregion

var router = app.Services.GetRequiredService<RouterHub>().GetRouter<GreeterRouter>();
await router.WaitForInstancesAsync(2);

#region client
var client = new Greeter.GreeterClient(RouterChannel.ForAddress("http://localhost:5000"));
var reply = await client.SayHelloAsync(new HelloRequest { Name = "Ada" });
#endregion
Console.WriteLine($"unary: {reply.Message}");

using (var all = client.GreetAll())
{
    await all.RequestStream.WriteAsync(new HelloRequest { Name = "Barbara" });
    await all.RequestStream.WriteAsync(new HelloRequest { Name = "Charles" });
    await all.RequestStream.CompleteAsync();
    Console.WriteLine($"client streaming: {(await all).Message}");
}

using (var hellos = client.SayHellos(new HelloRequest { Name = "Donald" }))
{
    await hellos.ResponseStream.MoveNext(default);
    Console.WriteLine($"server streaming: {hellos.ResponseStream.Current.Message}");
}

using (var chat = client.Chat())
{
    await chat.RequestStream.WriteAsync(new HelloRequest { Name = "Edsger" });
    await chat.ResponseStream.MoveNext(default);
    await chat.RequestStream.CompleteAsync();
    Console.WriteLine($"duplex streaming: {chat.ResponseStream.Current.Message}, {await chat.ResponseStream.MoveNext(default)}");
}

await host.StopAsync();

static WebApplication CreateRouter(string[] args)
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Services.AddGrpcRouter();
    var app = builder.Build();
    app.MapGrpcRouter<GreeterRouter>();
    return app;
}

static IHost CreateInstance(string[] args)
{
    var builder = Host.CreateApplicationBuilder(args);
    builder.Services.AddGrpcRouterBridge(o => o.Routers.Add("http://localhost:5000"))
                    .AddGreeter<GreeterService>();
    return builder.Build();
}
