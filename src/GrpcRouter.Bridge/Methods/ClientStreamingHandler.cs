using Grpc.Core;

namespace GrpcRouter;

/// <summary>Any number of requests, one response.</summary>
internal sealed class ClientStreamingHandler<TRequest, TResponse>(
    int number, Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> invoke)
    : MethodHandler(number, method.FullName)
    where TRequest : class
    where TResponse : class
{
    public override async ValueTask InvokeAsync(InboundCall call)
    {
        TResponse response = await invoke(new RequestStream<TRequest>(call, method.RequestMarshaller), call.Context);
        await SingleResponse.WriteAsync(call, method.ResponseMarshaller, response);
    }
}
