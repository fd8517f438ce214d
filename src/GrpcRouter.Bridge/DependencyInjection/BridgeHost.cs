using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Runs the bridges of a host. The host starts whether routers can be reached or not: an instance may be there first.</summary>
internal sealed class BridgeHost(
    IEnumerable<HostedService> hosted, IOptions<BridgeOptions> options, IServiceProvider services)
    : IHostedService, IAsyncDisposable
{
    private readonly List<ServiceBridge> bridges = [];
    private HealthWatch? health;
    private BridgeCertificates? certificates;

    /// <summary>The running bridges, one per service.</summary>
    public IReadOnlyList<ServiceBridge> Bridges => bridges;

    /// <summary>The certificates of all of them; null before the start.</summary>
    public BridgeCertificates? Certificates => certificates;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        BridgeOptions settings = options.Value.Copy();
        settings.LoggerFactory ??= services.GetService<ILoggerFactory>();
        ILogger log = (settings.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("GrpcRouter.Bridge");
        certificates = new BridgeCertificates(settings, log);
        bridges.AddRange(hosted.Select(service => new HostedBridge(service.Service, settings, services, certificates)));
        if (settings.HealthCheckInterval > TimeSpan.Zero && services.GetService<HealthCheckService>() is { } checks)
        {
            health = new HealthWatch(checks, bridges, settings, log);
            health.Start();
        }

        bridges.ForEach(static bridge => bridge.Start());
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(bridges.Select(bridge => bridge.StopAsync(cancellationToken))).ConfigureAwait(false);
        if (health is not null)
        {
            await health.StopAsync().ConfigureAwait(false);
        }

        certificates?.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);
}
