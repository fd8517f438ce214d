using Grpc.Core;
using Grpc.Core.Interceptors;

namespace GrpcRouter;

/// <summary>Wraps a method's handler in the interceptors, once per method; the interceptors themselves are made per call.</summary>
internal static class InterceptorPipeline
{
    public static UnaryServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
        => Fold(interceptors, handler, static (registration, next) =>
            (request, context) => Resolve(registration, context).UnaryServerHandler(request, context, next));

    public static ServerStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
        => Fold(interceptors, handler, static (registration, next) =>
            (request, responses, context) => Resolve(registration, context).ServerStreamingServerHandler(request, responses, context, next));

    public static ClientStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
        => Fold(interceptors, handler, static (registration, next) =>
            (requests, context) => Resolve(registration, context).ClientStreamingServerHandler(requests, context, next));

    public static DuplexStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class
        => Fold(interceptors, handler, static (registration, next) =>
            (requests, responses, context) => Resolve(registration, context).DuplexStreamingServerHandler(requests, responses, context, next));

    private static THandler Fold<THandler>(
        IReadOnlyList<InterceptorRegistration> interceptors, THandler handler, Func<InterceptorRegistration, THandler, THandler> wrap)
    {
        for (int i = interceptors.Count - 1; i >= 0; i--)
        {
            handler = wrap(interceptors[i], handler);
        }

        return handler;
    }

    private static Interceptor Resolve(InterceptorRegistration registration, ServerCallContext context)
    {
        CallScope call = CallScope.Of(context);
        Interceptor interceptor = registration.Resolve(call.Services, out bool created);
        if (created)
        {
            call.DisposeAtEnd(interceptor);
        }

        return interceptor;
    }
}
