using GrpcRouter.Bench;
using Microsoft.AspNetCore.Server.Kestrel.Core;

if (HostArguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine($"usage: DirectServer {HostArguments.Usage}");
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(options =>
{
    // Proxies that end TLS pass the client's scheme on.
    options.AllowAlternateSchemes = true;
    options.Limits.MaxRequestBodySize = null;
    options.Limits.MinRequestBodyDataRate = null;
    options.Limits.MinResponseDataRate = null;
    options.Limits.Http2.MaxStreamsPerConnection = 10_000;
    arguments.Listen(options, listen => listen.Protocols = HttpProtocols.Http2);
});
builder.Services.AddGrpc();
builder.Services.AddSingleton<GreeterService>();

WebApplication app = builder.Build();
app.MapGrpcService<GreeterService>();
HostStats.Listen();
await app.RunAsync();
return 0;
