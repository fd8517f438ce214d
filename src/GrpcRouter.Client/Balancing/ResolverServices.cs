using Grpc.Net.Client.Balancer;

namespace GrpcRouter;

/// <summary>Adds a resolver to the services that a channel's options bring.</summary>
internal sealed class ResolverServices(ResolverFactory resolver, IServiceProvider? others) : IServiceProvider
{
    public object? GetService(Type serviceType)
    {
        object? service = others?.GetService(serviceType);
        return serviceType == typeof(IEnumerable<ResolverFactory>)
            ? (IEnumerable<ResolverFactory>)[resolver, .. (IEnumerable<ResolverFactory>?)service ?? []]
            : service;
    }
}
