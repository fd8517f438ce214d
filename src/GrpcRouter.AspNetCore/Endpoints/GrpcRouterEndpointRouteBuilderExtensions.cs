using GrpcRouter;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps routed services.</summary>
public static class GrpcRouterEndpointRouteBuilderExtensions
{
    private const string UnknownPattern = "/{grpcRouterUnknownService}/{grpcRouterUnknownMethod}";

    /// <summary>Maps all methods of a service, on their original paths, and the registration channel its instances dial.</summary>
    /// <typeparam name="TRouter">The router generated from the service's .proto.</typeparam>
    /// <param name="endpoints">The application.</param>
    /// <returns>Takes conventions such as <c>RequireAuthorization</c>, for calls and registration alike or for each alone.</returns>
    /// <exception cref="InvalidOperationException"><c>AddGrpcRouter</c> was not called.</exception>
    public static GrpcRouterEndpointConventionBuilder MapGrpcRouter<TRouter>(this IEndpointRouteBuilder endpoints)
        where TRouter : ServiceRouter, IServiceRouter<TRouter>
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RouterHub hub = endpoints.ServiceProvider.GetService<RouterHub>()
            ?? throw new InvalidOperationException("MapGrpcRouter needs builder.Services.AddGrpcRouter() first.");
        ServiceRouter router = hub.GetRouter<TRouter>();
        string service = router.Service.FullName;
        CallEndpoint calls = new(router);
        RegisterEndpoint register = new(router);
        MapUnknown(endpoints);
        return new GrpcRouterEndpointConventionBuilder(
            [
                .. MapMethods(endpoints, router.Service, calls),
                endpoints.Map($"/{service}/{{method}}", calls.HandleAsync).WithDisplayName($"gRPC {service}"),
                endpoints.Map($"/{service}Router/{{method}}", calls.HandleAsync).WithDisplayName($"gRPC {service}Router"),
            ],
            endpoints.Map(router.Service.RegisterPath, register.HandleAsync).WithDisplayName($"gRPC {service}Router/Register"));
    }

    // A path without parameters is matched without making route values. Routing ignores case, so of methods that differ by case alone one
    // path leads to all; the endpoint tells them apart.
    private static IEnumerable<IEndpointConventionBuilder> MapMethods(IEndpointRouteBuilder endpoints, RoutedService service, CallEndpoint calls) =>
        service.Methods
            .Select(method => $"/{service.FullName}/{method.Name}")
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(path => endpoints.Map(path, calls.HandleAsync).WithDisplayName($"gRPC {path}"));

    // As with a gRPC server: a service that is not there is UNIMPLEMENTED, while paths of other kinds stay free for the application.
    private static void MapUnknown(IEndpointRouteBuilder endpoints)
    {
        if (endpoints.DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>().Any(static endpoint => endpoint.RoutePattern.RawText == UnknownPattern))
        {
            return;
        }

        RoutePattern pattern = RoutePatternFactory.Parse(
            UnknownPattern, defaults: null, parameterPolicies: new { grpcRouterUnknownMethod = new GrpcContentTypeConstraint() });
        endpoints.Map(pattern, UnknownEndpoint.HandleAsync)
            .WithDisplayName("gRPC unknown service")
            .Add(static endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }
}
