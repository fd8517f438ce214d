using GrpcRouter.Bench;

if (HostArguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine($"usage: RouterHost {HostArguments.Usage}");
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.WebHost.ConfigureKestrel(options => arguments.Listen(options));
builder.Services.AddGrpcRouter();

WebApplication app = builder.Build();
app.MapGrpcRouter<GreeterRouter>();
HostStats.Listen();
await app.RunAsync();
return 0;
