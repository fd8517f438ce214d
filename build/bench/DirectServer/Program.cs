using GrpcRouter.Bench;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

if (HostArguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine($"usage: DirectServer {HostArguments.Usage}");
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
{
    options.AddServerHeader = false;

    // Proxies that end TLS pass the client's scheme on.
    options.AllowAlternateSchemes = true;
    options.Limits.MaxRequestBodySize = null;
    options.Limits.MinRequestBodyDataRate = null;
    options.Limits.MinResponseDataRate = null;
    options.Limits.Http2.MaxStreamsPerConnection = 10_000;
    arguments.Listen(options, listen => listen.Protocols = HttpProtocols.Http2);
});

MethodTable methods = new();
Greeter.BindService(methods, new GreeterService());

WebApplication app = builder.Build();
app.Run(methods.Build());
HostStats.Listen();
await app.RunAsync();
return 0;
