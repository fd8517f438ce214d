using Grpc.Core;

namespace GrpcRouter;

/// <summary>One request, one response.</summary>
internal sealed class UnaryHandler<TRequest, TResponse>(
    int number, Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> invoke)
    : MethodHandler(number, method.FullName)
    where TRequest : class
    where TResponse : class
{
    public override async Task InvokeAsync(InboundCall call)
    {
        TRequest request = await SingleRequest.ReadAsync(call, method.RequestMarshaller);
        TResponse response = await invoke(request, call.Context);
        await SingleResponse.WriteAsync(call, method.ResponseMarshaller, response);
    }
}
