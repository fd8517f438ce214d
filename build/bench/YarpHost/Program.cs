using System.Net;
using GrpcRouter.Bench;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

if (args.Length < 2 || HostArguments.TryParse(args[1..]) is not { } arguments)
{
    Console.Error.WriteLine($"usage: YarpHost BACKEND_PORT {HostArguments.Usage}");
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(options =>
{
    options.Limits.MaxRequestBodySize = null;
    options.Limits.MinRequestBodyDataRate = null;
    options.Limits.MinResponseDataRate = null;
    options.Limits.Http2.MaxStreamsPerConnection = 10_000;
    arguments.Listen(options, listen => listen.Protocols = HttpProtocols.Http2);
});
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "calls", ClusterId = "server", Match = new RouteMatch { Path = "{**call}" } }],
    [
        new ClusterConfig
        {
            ClusterId = "server",
            HttpRequest = new ForwarderRequestConfig { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["direct"] = new() { Address = $"http://127.0.0.1:{args[0]}" } },
        },
    ]);

WebApplication app = builder.Build();
app.MapReverseProxy();
HostStats.Listen();
await app.RunAsync();
return 0;
