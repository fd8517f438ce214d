using Greet;
using GrpcRouter;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Error);
#region router
builder.Services.AddGrpcRouter(o => o.Service("greet.Greeter").LoadBalancing.Policy = "gpu_first")
                .AddLoadBalancer<GpuFirstBalancer>("gpu_first");
#endregion
await using var app = builder.Build();
app.MapGrpcRouter<GreeterRouter>();
await app.StartAsync();
var address = app.Urls.Single();

using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
await using var plain = new GreeterBridge(new GreeterService("plain"), address);
await plain.StartAsync(patience.Token);
var client = new Greeter.GreeterClient(RouterChannel.ForAddress(address));
Console.WriteLine($"alone          Ada is greeted by {await Greet("Ada")}");

await using var amber = new GreeterBridge(new GreeterService("amber"), address, WithGpu());
await using var birch = new GreeterBridge(new GreeterService("birch"), address, WithGpu());
await Task.WhenAll(amber.StartAsync(patience.Token), birch.StartAsync(patience.Token));

// A conversation keeps one of the two busy, so the other gets the next call.
using var chat = client.Chat(cancellationToken: patience.Token);
await chat.RequestStream.WriteAsync(new HelloRequest { Name = "Hedy" });
await chat.ResponseStream.MoveNext(patience.Token);
var busy = chat.ResponseStream.Current.Instance;
var free = await Greet("Grace");
Console.WriteLine($"with GPUs      Hedy talks to {busy}, Grace is greeted by {free}");

return busy != free && busy != "plain" && free != "plain" ? 0 : 1;

async Task<string> Greet(string name) => (await client.SayHelloAsync(new HelloRequest { Name = name }, cancellationToken: patience.Token)).Instance;

static BridgeOptions WithGpu() => new() { Labels = { ["gpu"] = "1" } };
