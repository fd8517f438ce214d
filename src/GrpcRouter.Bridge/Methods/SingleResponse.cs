using Grpc.Core;

namespace GrpcRouter;

/// <summary>The one response of a unary or client-streaming call. It shares a frame with the call's end.</summary>
internal static class SingleResponse
{
    public static ValueTask WriteAsync<TResponse>(InboundCall call, Marshaller<TResponse> marshaller, TResponse? response)
        where TResponse : class
        => call.WriteMessageAsync(marshaller, Check(response), call.Context.WriteOptions, last: true, CancellationToken.None);

    /// <summary>Writes it while the thread that runs the call is still there to flush.</summary>
    public static ValueTask WriteAtOnceAsync<TResponse>(InboundCall call, Marshaller<TResponse> marshaller, TResponse? response)
        where TResponse : class
        => call.WriteLastAsync(marshaller, Check(response));

    private static TResponse Check<TResponse>(TResponse? response)
        where TResponse : class
        => response ?? throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."));
}
