using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>A service with the implementation that serves it. See <see cref="ServiceBinding{TService}.Bind(TService)"/>.</summary>
public sealed class BoundService
{
    private readonly Func<IReadOnlyList<InterceptorRegistration>, IEnumerable<MethodHandler>> build;

    internal BoundService(RoutedService service, Func<IReadOnlyList<InterceptorRegistration>, IEnumerable<MethodHandler>> build)
    {
        Service = service;
        this.build = build;
    }

    /// <summary>Name and methods of the service.</summary>
    public RoutedService Service { get; }

    internal FrozenDictionary<uint, MethodHandler> BuildHandlers(IReadOnlyList<InterceptorRegistration> interceptors) =>
        build(interceptors).ToFrozenDictionary(static handler => (uint)handler.Number);
}
