using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

internal sealed class GrpcRouterBridgeBuilder(IServiceCollection services) : IGrpcRouterBridgeBuilder
{
    public IServiceCollection Services => services;

    public IGrpcRouterBridgeBuilder AddService<TBase, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        ServiceBinding<TBase> binding)
        where TBase : class
        where TService : TBase
    {
        ArgumentNullException.ThrowIfNull(binding);
        services.AddSingleton(new HostedService(binding.Bind(new ScopedSource<TBase, TService>())));
        return this;
    }
}
