using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Runs the bridges of a host. The host starts whether routers can be reached or not: an instance may be there first.</summary>
internal sealed class BridgeHost(
    IEnumerable<HostedService> hosted, IOptions<BridgeOptions> options, IServiceProvider services)
    : IHostedService, IAsyncDisposable
{
    private readonly List<ServiceBridge> bridges = [];

    /// <summary>The running bridges, one per service.</summary>
    public IReadOnlyList<ServiceBridge> Bridges => bridges;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        BridgeOptions settings = options.Value.Copy();
        settings.LoggerFactory ??= services.GetService<ILoggerFactory>();
        bridges.AddRange(hosted.Select(service => new HostedBridge(service.Service, settings, services)));
        bridges.ForEach(static bridge => bridge.Start());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(bridges.Select(bridge => bridge.StopAsync(cancellationToken)));

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);
}
