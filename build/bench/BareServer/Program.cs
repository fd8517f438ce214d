using GrpcRouter.Bench;
using Microsoft.AspNetCore.Server.Kestrel.Core;

if (HostArguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine($"usage: BareServer {HostArguments.Usage}");
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
{
    options.Limits.MaxRequestBodySize = null;
    options.Limits.MinRequestBodyDataRate = null;
    options.Limits.MinResponseDataRate = null;
    options.Limits.Http2.MaxStreamsPerConnection = 10_000;
    arguments.Listen(options, listen => listen.Protocols = HttpProtocols.Http2);
});

WebApplication app = builder.Build();
app.Run(LaterAnswer.ServeAsync);
HostStats.Listen();
await app.RunAsync();
return 0;
