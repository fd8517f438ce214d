using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>Each call gets the implementation from its own scope, or a new one when the class is not registered.</summary>
internal sealed class ScopedSource<TBase, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>
    : ServiceSource<TBase>
    where TBase : class
    where TService : TBase
{
    private readonly Lazy<ObjectFactory<TService>> factory = new(static () => ActivatorUtilities.CreateFactory<TService>(Type.EmptyTypes));

    public override TBase Get(ServerCallContext context)
    {
        CallScope call = CallScope.Of(context);
        IServiceProvider services = call.Services;
        if (services.GetService(typeof(TService)) is TService registered)
        {
            return registered;
        }

        TService made = factory.Value(services, null);
        call.DisposeAtEnd(made);
        return made;
    }
}
