using Microsoft.Extensions.Hosting;

namespace GrpcRouter;

/// <summary>Lets the channels drain when the host begins to stop; open ones would hold Kestrel up to its timeout.</summary>
internal sealed class RouterLifetime(RouterHub hub, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(static state => ((RouterHub)state!).BeginShutdown(), hub);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
