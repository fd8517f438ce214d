using GrpcRouter;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps routed services.</summary>
public static class GrpcRouterEndpointRouteBuilderExtensions
{
    /// <summary>Maps all methods of a service, on their original paths, and the registration channel its instances dial.</summary>
    /// <typeparam name="TRouter">The router generated from the service's .proto.</typeparam>
    /// <param name="endpoints">The application.</param>
    /// <returns>Takes conventions such as <c>RequireAuthorization</c>, for calls and registration alike or for each alone.</returns>
    /// <exception cref="InvalidOperationException"><c>AddGrpcRouter</c> was not called, or the .proto names an authorization policy that is not there.</exception>
    public static GrpcRouterEndpointConventionBuilder MapGrpcRouter<TRouter>(this IEndpointRouteBuilder endpoints)
        where TRouter : ServiceRouter, IServiceRouter<TRouter>
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RouterHub hub = endpoints.ServiceProvider.GetService<RouterHub>()
            ?? throw new InvalidOperationException("MapGrpcRouter needs builder.Services.AddGrpcRouter() first.");
        ServiceRouter router = hub.GetRouter<TRouter>();
        CheckPolicies(endpoints.ServiceProvider, router);
        ConnectionAges ages = endpoints.ServiceProvider.GetRequiredService<ConnectionAges>();
        CallEndpoint calls = new(router, ages, endpoints.ServiceProvider.GetRequiredService<ConnectionBudgets>(), endpoints.ServiceProvider.GetRequiredService<CallDoor>());
        RegisterEndpoint register = new(router, ages);
        string registerPath = router.Service.RegisterPath;

        // One path a method and no pattern, also not for methods that are not there: only a path that nothing else could match is matched
        // without making route values for each call. Routing ignores case, so of methods that differ by case alone one path leads to all,
        // and the endpoint tells them apart.
        IEnumerable<string> paths = calls.Paths
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(path => !path.Equals(registerPath, StringComparison.OrdinalIgnoreCase));
        (string Path, IEndpointConventionBuilder Endpoint)[] mapped =
            [.. paths.Select(path => (path, (IEndpointConventionBuilder)endpoints.Map(path, calls.HandleAsync).WithDisplayName($"gRPC {path}").WithMetadata(RouterEndpoint.Marker)))];
        return new GrpcRouterEndpointConventionBuilder(
            [.. mapped.Select(static endpoint => endpoint.Endpoint)],
            endpoints.Map(registerPath, register.HandleAsync).WithDisplayName($"gRPC {registerPath}").WithMetadata(RouterEndpoint.Marker),
            new MethodConventions(router.Service, mapped));
    }

    // Those of the options have been checked with the options.
    private static void CheckPolicies(IServiceProvider services, ServiceRouter router)
    {
        List<string> errors = [];
        new AuthorizationPolicyValidator(services.GetRequiredService<RouterSection>(), services).Check($"{router.Service.FullName} (.proto)", router.Declared, errors);
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
        }
    }
}
