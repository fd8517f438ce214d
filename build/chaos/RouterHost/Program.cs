using System.Net;
using System.Text.Json;
using GrpcRouter;
using GrpcRouter.Chaos;

HostSettings settings = JsonSerializer.Deserialize<HostSettings>(args[0])!;
WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders().AddProvider(new HostLog());
builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, settings.Port));
builder.Services.AddGrpcRouter(options =>
{
    options.RouterId = settings.Name;
    options.KeepAliveInterval = settings.KeepAliveInterval ?? options.KeepAliveInterval;
    options.KeepAliveTimeout = settings.KeepAliveTimeout ?? options.KeepAliveTimeout;

    // An instance that is lost takes a good part of the calls under way with it, and none of them may want for a retry.
    ServicePolicyOptions workload = options.Service("chaos.Workload");
    workload.Method("Put").Retry.MaxAttempts = 3;
    workload.RetryBudget.MinPerSecond = 1000;
});

WebApplication app = builder.Build();
app.MapGrpcRouter<WorkloadRouter>();
app.MapGrpcRouter<ChurnRouter>();
RouterView view = new(app.Services.GetRequiredService<RouterHub>());
await app.StartAsync();
HostConsole.Listen(words => view.Count(collect: words is ["collect"]));
HostConsole.Write(new HostLine(Port: new Uri(app.Urls.Single()).Port));
await app.WaitForShutdownAsync();
