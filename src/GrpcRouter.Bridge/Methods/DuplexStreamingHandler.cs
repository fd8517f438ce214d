using Grpc.Core;

namespace GrpcRouter;

/// <summary>Any number of messages each way.</summary>
internal sealed class DuplexStreamingHandler<TRequest, TResponse>(
    int number, Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> invoke)
    : MethodHandler(number, method.FullName)
    where TRequest : class
    where TResponse : class
{
    public override async ValueTask InvokeAsync(InboundCall call)
    {
        ResponseStream<TResponse> responses = new(call, method.ResponseMarshaller);
        await invoke(new RequestStream<TRequest>(call, method.RequestMarshaller), responses, call.Context);
        await responses.CompleteAsync();
    }
}
