namespace GrpcRouter.Core.Tests;

internal sealed class ProbeRouter : ServiceRouter, IServiceRouter<ProbeRouter>
{
    private ProbeRouter(RouterHub hub)
        : base(hub, Probe.Service)
    {
    }

    static RoutedService IServiceRouter<ProbeRouter>.Service => Probe.Service;

    static ProbeRouter IServiceRouter<ProbeRouter>.Create(RouterHub hub) => new(hub);
}
