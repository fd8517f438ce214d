using Grpc.Core;

namespace GrpcRouter;

/// <summary>The one request of a unary or server-streaming call.</summary>
internal static class SingleRequest
{
    /// <summary>Reads the request and makes sure that nothing follows it.</summary>
    /// <exception cref="RpcException">The client sent no message, or more than one.</exception>
    public static ValueTask<TRequest> ReadAsync<TRequest>(InboundCall call, Marshaller<TRequest> marshaller)
        where TRequest : class
        => call.Requests is { } requests ? ReadQueuedAsync(call, requests, marshaller) : new ValueTask<TRequest>(call.ReadWhole(marshaller));

    private static async ValueTask<TRequest> ReadQueuedAsync<TRequest>(InboundCall call, RequestQueue requests, Marshaller<TRequest> marshaller)
        where TRequest : class
    {
        if (!await requests.WaitAsync(CancellationToken.None))
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "The method takes one request message; none was sent."));
        }

        TRequest request = call.ReadMessage(marshaller);
        if (await requests.WaitAsync(CancellationToken.None))
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "The method takes one request message; more were sent."));
        }

        return request;
    }
}
