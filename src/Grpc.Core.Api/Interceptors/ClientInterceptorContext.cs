namespace Grpc.Core.Interceptors;

/// <summary>The call a client-side interceptor sees.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
public struct ClientInterceptorContext<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    /// <summary>Creates a context.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name in the call; null for the channel's.</param>
    /// <param name="options">The settings of the call.</param>
    public ClientInterceptorContext(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        Method = method;
        Host = host;
        Options = options;
    }

    /// <summary>The method.</summary>
    public Method<TRequest, TResponse> Method { get; }

    /// <summary>The host to name in the call; null for the channel's.</summary>
    public string? Host { get; }

    /// <summary>The settings of the call.</summary>
    public CallOptions Options { get; }
}
