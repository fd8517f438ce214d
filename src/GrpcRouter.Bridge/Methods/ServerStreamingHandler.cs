using Grpc.Core;

namespace GrpcRouter;

/// <summary>One request, any number of responses.</summary>
internal sealed class ServerStreamingHandler<TRequest, TResponse>(
    int number, Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> invoke)
    : MethodHandler(number, method.FullName)
    where TRequest : class
    where TResponse : class
{
    public override bool TakesOneMessage => true;

    public override async ValueTask InvokeAsync(InboundCall call)
    {
        TRequest request = await SingleRequest.ReadAsync(call, method.RequestMarshaller);
        ResponseStream<TResponse> responses = new(call, method.ResponseMarshaller);
        await invoke(request, responses, call.Context);
        await responses.CompleteAsync();
    }
}
