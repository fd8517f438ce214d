using Grpc.Core;

namespace GrpcRouter;

/// <summary>The one response of a unary or client-streaming call. It shares a frame with the call's end.</summary>
internal static class SingleResponse
{
    public static ValueTask WriteAsync<TResponse>(InboundCall call, Marshaller<TResponse> marshaller, TResponse? response)
        where TResponse : class
        => response is null
            ? throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."))
            : call.WriteMessageAsync(marshaller, response, call.Context.WriteOptions, last: true, CancellationToken.None);
}
