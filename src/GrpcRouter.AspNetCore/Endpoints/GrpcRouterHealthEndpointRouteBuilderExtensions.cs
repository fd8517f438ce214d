using GrpcRouter;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the gRPC health service.</summary>
public static class GrpcRouterHealthEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>grpc.health.v1.Health</c> (gRPC health checking protocol) with Check, List and Watch. A service is SERVING while at least one instance takes its calls. The
    /// empty name is the router itself, which is SERVING until it drains, whatever instances it has; then nothing is SERVING any more. Check of a service that is not
    /// mapped ends NOT_FOUND; Watch of one answers SERVICE_UNKNOWN and goes on. List has up to 100 entries; with more it ends RESOURCE_EXHAUSTED. A Watch ends
    /// UNAVAILABLE when the router shuts down.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>Takes conventions such as <c>RequireAuthorization</c>.</returns>
    /// <exception cref="InvalidOperationException"><c>AddGrpcRouter</c> was not called.</exception>
    public static IEndpointConventionBuilder MapGrpcRouterHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RouterHub hub = endpoints.ServiceProvider.GetService<RouterHub>()
            ?? throw new InvalidOperationException("MapGrpcRouterHealth needs builder.Services.AddGrpcRouter() first.");
        HealthEndpoint health = new(hub, endpoints.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System);
        return new EndpointConventions(
            [.. health.Methods.Select(method => endpoints.Map(HealthEndpoint.Path + method.Key, method.Value).WithDisplayName($"gRPC {HealthEndpoint.Path}{method.Key}").WithMetadata(RouterEndpoint.Marker))]);
    }
}
