using System.Globalization;
using System.Text.Json;
using GrpcRouter.Chaos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

HostSettings settings = JsonSerializer.Deserialize<HostSettings>(args[0])!;
using Journal journal = new(settings.Journal!);
Pace pace = new(TimeProvider.System);
HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders().AddProvider(new HostLog());
builder.Services.AddSingleton(new WorkloadService(settings.Name, journal, pace));
builder.Services.AddGrpcRouterBridge(options =>
{
    foreach (string router in settings.Routers!)
    {
        options.Routers.Add(router);
    }

    options.InstanceId = settings.Name;
    options.KeepAliveInterval = settings.KeepAliveInterval ?? options.KeepAliveInterval;
    options.KeepAliveTimeout = settings.KeepAliveTimeout ?? options.KeepAliveTimeout;

    // A router that is away for seconds is dialed within a second of its return.
    options.ReconnectMaxBackoff = TimeSpan.FromSeconds(1);
}).AddWorkload<WorkloadService>();

using IHost host = builder.Build();
await host.StartAsync();
HostConsole.Listen(words =>
{
    if (words is ["slow", var milliseconds])
    {
        pace.Extra = int.Parse(milliseconds, CultureInfo.InvariantCulture);
    }

    return new InstanceCounts(journal.Running, ThreadPool.PendingWorkItemCount, GC.GetTotalMemory(forceFullCollection: false));
});
await host.WaitForShutdownAsync();
