using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;

namespace GrpcRouter;

/// <summary>The server interceptors of a bridge. The first one added is the outermost.</summary>
public sealed class InterceptorCollection : Collection<InterceptorRegistration>
{
    /// <summary>Adds an interceptor that is resolved from services, or constructed, for every call.</summary>
    /// <param name="args">Constructor arguments; the others come from services.</param>
    public void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TInterceptor>(params object[] args)
        where TInterceptor : Interceptor
        => Add(typeof(TInterceptor), args);

    /// <summary>Adds an interceptor that is resolved from services, or constructed, for every call.</summary>
    /// <param name="interceptorType">A concrete class derived from <see cref="Interceptor"/>.</param>
    /// <param name="args">Constructor arguments; the others come from services.</param>
    /// <exception cref="ArgumentException">The type is no concrete interceptor, or an argument is null.</exception>
    public void Add([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type interceptorType, params object[] args)
        => Add(new InterceptorRegistration(interceptorType, args));
}
