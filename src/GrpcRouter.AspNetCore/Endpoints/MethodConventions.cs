using Microsoft.AspNetCore.Builder;

namespace GrpcRouter;

/// <summary>The endpoints of a service's methods, by simple name.</summary>
/// <param name="service">The service.</param>
/// <param name="endpoints">The endpoints, each with the path that it is mapped on.</param>
internal sealed class MethodConventions(RoutedService service, (string Path, IEndpointConventionBuilder Endpoint)[] endpoints)
{
    public IEndpointConventionBuilder Of(string name)
    {
        RoutedMethod[] alike = [.. service.Methods.Where(method => method.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
        if (!Array.Exists(alike, method => method.Name == name))
        {
            string near = NearestName.Of(name, service.Methods.Select(static method => method.Name)) is { } meant ? $"; did you mean {meant}?" : ".";
            throw new ArgumentException($"{service.FullName} has no method {name}{near}", nameof(name));
        }

        if (alike.Length > 1)
        {
            throw new InvalidOperationException(
                $"ASP.NET Core's routing ignores case, so {string.Join(" and ", alike.Select(static method => method.Name))} of {service.FullName} have the same endpoint. Set their AuthorizationPolicy in the options instead.");
        }

        return new EndpointConventions(
            [.. endpoints.Where(endpoint => endpoint.Path.EndsWith($"/{name}", StringComparison.Ordinal)).Select(static endpoint => endpoint.Endpoint)]);
    }
}
