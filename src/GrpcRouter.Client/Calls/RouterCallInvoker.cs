using Grpc.Core;

namespace GrpcRouter;

/// <summary>Makes the calls of a channel.</summary>
internal sealed class RouterCallInvoker(RouterChannel channel) : CallInvoker
{
    private static readonly Func<object, Task<Metadata>> Headers = static state => ((HttpCall)state).Headers;
    private static readonly Func<object, Status> GetStatus = static state => ((HttpCall)state).GetStatus();
    private static readonly Func<object, Metadata> GetTrailers = static state => ((HttpCall)state).GetTrailers();
    private static readonly Action<object> Dispose = static state => ((HttpCall)state).Dispose();

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Create(method, host, options, MethodType.Unary);
        SendOne(call, method, options, request);
        return new(SingleResponse.ReadAsync(call, method.ResponseMarshaller), Headers, GetStatus, GetTrailers, Dispose, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Create(method, host, options, MethodType.ServerStreaming);
        SendOne(call, method, options, request);
        return new(new ResponseStreamReader<TResponse>(call, method.ResponseMarshaller), Headers, GetStatus, GetTrailers, Dispose, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = Create(method, host, options, MethodType.ClientStreaming);
        var requests = SendMany(call, method, options);
        return new(requests, SingleResponse.ReadAsync(call, method.ResponseMarshaller), Headers, GetStatus, GetTrailers, Dispose, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = Create(method, host, options, MethodType.DuplexStreaming);
        var requests = SendMany(call, method, options);
        return new(requests, new ResponseStreamReader<TResponse>(call, method.ResponseMarshaller), Headers, GetStatus, GetTrailers, Dispose, call);
    }

    private static void SendOne<TRequest, TResponse>(HttpCall call, Method<TRequest, TResponse> method, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            // Not returned to the pool: the transport may read a refused request again, at a time of its own.
            call.Start(new UnaryContent(call.CreateSerializer().Serialize(method.RequestMarshaller, request, options.WriteOptions)));
        }
        catch (RpcException error)
        {
            call.Fail(error);
        }
    }

    private static RequestStreamWriter<TRequest> SendMany<TRequest, TResponse>(HttpCall call, Method<TRequest, TResponse> method, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        PushContent content = new(call.Stopping);
        var serializer = call.CreateSerializer();
        call.Start(content);
        return new(call, method.RequestMarshaller, content, serializer, options.WriteOptions, method.Type == MethodType.ClientStreaming);
    }

    private HttpCall Create<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, MethodType expected)
    {
        if (method.Type != expected)
        {
            throw new ArgumentException($"{method.FullName} is a {method.Type} method, not a {expected} one.", nameof(method));
        }

        if (options.Deadline is { Kind: not DateTimeKind.Utc } deadline && deadline != DateTime.MaxValue && deadline != DateTime.MinValue)
        {
            throw new InvalidOperationException("A deadline must be in UTC.");
        }

        return channel.CreateCall(method, host, options, expected is MethodType.Unary or MethodType.ClientStreaming);
    }
}
