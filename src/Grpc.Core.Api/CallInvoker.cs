namespace Grpc.Core;

/// <summary>Makes calls. Generated clients are written against it; transports and interceptors derive from it.</summary>
public abstract class CallInvoker
{
    /// <summary>Blocks until the response of a unary call is there.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name in the call; null for the channel's.</param>
    /// <param name="options">The settings of the call.</param>
    /// <param name="request">The request.</param>
    public abstract TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a unary call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name in the call; null for the channel's.</param>
    /// <param name="options">The settings of the call.</param>
    /// <param name="request">The request.</param>
    public abstract AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a call whose responses are a stream.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name in the call; null for the channel's.</param>
    /// <param name="options">The settings of the call.</param>
    /// <param name="request">The request.</param>
    public abstract AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a call whose requests are a stream.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name in the call; null for the channel's.</param>
    /// <param name="options">The settings of the call.</param>
    public abstract AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class;

    /// <summary>Makes a call in which both sides stream.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The host to name in the call; null for the channel's.</param>
    /// <param name="options">The settings of the call.</param>
    public abstract AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class;
}
