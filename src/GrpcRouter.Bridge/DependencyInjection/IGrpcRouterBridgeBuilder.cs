using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>Adds services to the bridge of a host.</summary>
public interface IGrpcRouterBridgeBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// Serves a service from behind the routers. Each call gets its implementation from a scope of its own: the registered
    /// <typeparamref name="TService"/>, or a new one that is disposed after the call.
    /// </summary>
    /// <typeparam name="TBase">The generated base class of the service.</typeparam>
    /// <typeparam name="TService">The implementation.</typeparam>
    /// <param name="binding">The generated binding.</param>
    /// <returns>This builder.</returns>
    IGrpcRouterBridgeBuilder AddService<TBase, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        ServiceBinding<TBase> binding)
        where TBase : class
        where TService : TBase;
}
