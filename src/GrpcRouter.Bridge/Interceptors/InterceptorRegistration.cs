using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>One server interceptor of a bridge: its class and the constructor arguments that do not come from services.</summary>
public sealed class InterceptorRegistration
{
    private readonly object[] arguments;
    private ObjectFactory? factory;

    internal InterceptorRegistration(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(arguments);
        if (!typeof(Interceptor).IsAssignableFrom(type) || type.IsAbstract)
        {
            throw new ArgumentException($"{type} is not a concrete class derived from {typeof(Interceptor)}.", nameof(type));
        }

        if (Array.IndexOf(arguments, null) >= 0)
        {
            throw new ArgumentException("A constructor argument of an interceptor cannot be null.", nameof(arguments));
        }

        Type = type;
        this.arguments = arguments;
    }

    /// <summary>The interceptor's class.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type Type { get; }

    /// <summary>Constructor arguments that are given rather than resolved from services.</summary>
    public IReadOnlyList<object> Arguments => arguments;

    /// <summary>Gives the interceptor for one call: the registered service when there is one and no arguments are set, else a new instance.</summary>
    internal Interceptor Resolve(IServiceProvider services, out bool created)
    {
        created = false;
        if (arguments.Length == 0 && services.GetService(Type) is Interceptor registered)
        {
            return registered;
        }

        created = true;
        factory ??= ActivatorUtilities.CreateFactory(Type, Array.ConvertAll(arguments, static argument => argument.GetType()));
        return (Interceptor)factory(services, arguments);
    }
}
