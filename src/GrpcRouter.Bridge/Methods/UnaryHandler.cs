using System.Runtime.CompilerServices;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>One request, one response.</summary>
internal sealed class UnaryHandler<TRequest, TResponse>(
    int number, Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> invoke)
    : MethodHandler(number, method.FullName)
    where TRequest : class
    where TResponse : class
{
    public override bool TakesOneMessage => true;

    public override bool IsUnary => true;

    public override ValueTask InvokeAsync(InboundCall call)
    {
        if (call.Requests is not null)
        {
            return InvokeWhenReadAsync(call);
        }

        Task<TResponse> response = invoke(call.ReadWhole(method.RequestMarshaller), call.Context);
        return response.IsCompletedSuccessfully
            ? SingleResponse.WriteAtOnceAsync(call, method.ResponseMarshaller, response.Result)
            : RespondAsync(call, response);
    }

    private async ValueTask InvokeWhenReadAsync(InboundCall call)
    {
        TRequest request = await SingleRequest.ReadAsync(call, method.RequestMarshaller);
        TResponse response = await invoke(request, call.Context);
        await SingleResponse.WriteAsync(call, method.ResponseMarshaller, response);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RespondAsync(InboundCall call, Task<TResponse> response) =>
        await SingleResponse.WriteAsync(call, method.ResponseMarshaller, await response);
}
