namespace GrpcRouter;

/// <summary>Says how the router and its services do.</summary>
internal sealed class RouterHealth(RouterHub hub)
{
    // Never ends: nothing changes but the router itself.
    private static readonly Task NoChange = new TaskCompletionSource().Task;

    /// <summary>The services there are, in the order of their names.</summary>
    public IEnumerable<ServiceRouter> Services => hub.Routers.OrderBy(static router => router.Service.FullName, StringComparer.Ordinal);

    /// <summary>How a service does; the router itself for the empty name.</summary>
    public ServiceHealth Of(string service) => service.Length == 0 ? OfRouter : Find(service) is { } router ? Of(router) : ServiceHealth.Unknown;

    /// <summary>How a service does: it serves when at least one instance takes calls. A router that goes sends all callers elsewhere.</summary>
    public ServiceHealth Of(ServiceRouter router) => !hub.Draining && router.IsServing ? ServiceHealth.Serving : ServiceHealth.NotServing;

    /// <summary>How the router itself does, whatever instances there are.</summary>
    public ServiceHealth OfRouter => hub.Draining ? ServiceHealth.NotServing : ServiceHealth.Serving;

    /// <summary>Ends when the service's health may have changed since it was read; not when the router drains.</summary>
    public Task Changed(string service) => Find(service)?.InstancesChanged ?? NoChange;

    private ServiceRouter? Find(string service) => hub.Routers.FirstOrDefault(router => router.Service.FullName == service);
}
