using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>
/// Leaves in order when the host stops, before the server closes its connections: first the router's health fails, then it refuses calls and drains its
/// instances, and what still runs when the time is over is ended while there is time to say so.
/// </summary>
internal sealed class RouterLifetime(
    RouterHub hub, IHostApplicationLifetime lifetime, IOptions<HostOptions> host, ILogger<RouterHub> log, TimeProvider? time = null, RouterReadinessCheck? readiness = null)
    : IHostedLifecycleService
{
    // The host's own time is that of its start; what it leaves is shared out when it is needed, by the options that count then.
    private TimeSpan Grace => RouterHostSetup.GraceWithin(host.Value.ShutdownTimeout, hub.Options);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        TimeSpan grace = Grace;
        if (grace < hub.Options.DrainGrace)
        {
            log.GraceCut(hub.Options.DrainGrace, grace, host.Value.ShutdownTimeout, hub.Options.DrainDelay);
        }

        lifetime.ApplicationStopping.Register(static state => ((RouterLifetime)state!).BeginStop(), this);
        return Task.CompletedTask;
    }

    // Whatever way an application is built, it has mapped its services by now.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        HashSet<string> mapped = [.. hub.Routers.Select(static router => router.Service.FullName)];
        foreach (string name in hub.Options.Services.Keys.Concat(hub.Options.ReadinessServices).Where(name => !mapped.Contains(name)).Distinct(StringComparer.Ordinal))
        {
            log.ServiceNotMapped(name);
        }

        readiness?.Watch();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        BeginStop();

        // A host may be stopped twice; it waits once.
        if (!hub.Stopping)
        {
            await Task.Delay(hub.Options.DrainDelay, time ?? TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        hub.BeginShutdown(Grace);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Where nothing is to wait for, an application that announces its end refuses calls from that moment on.
    private void BeginStop()
    {
        hub.BeginDrain();
        if (hub.Options.DrainDelay == TimeSpan.Zero)
        {
            hub.BeginShutdown(Grace);
        }
    }
}
