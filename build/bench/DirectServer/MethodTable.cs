using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter.Bench;

/// <summary>The bound methods by path. Nothing else stands between Kestrel and a method.</summary>
internal sealed class MethodTable : ServiceBinderBase
{
    private readonly Dictionary<string, Func<ServerCall, Task>> _methods = new(StringComparer.Ordinal);

    public RequestDelegate Build()
    {
        FrozenDictionary<string, Func<ServerCall, Task>> methods = _methods.ToFrozenDictionary(StringComparer.Ordinal);
        return http => methods.TryGetValue(http.Request.Path.Value!, out Func<ServerCall, Task>? method)
            ? ServerCall.RunAsync(http, method)
            : ServerCall.RunAsync(http, static call => throw new RpcException(new Status(StatusCode.Unimplemented, "Unknown method.")));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, static async (call, method, handler) =>
        {
            TRequest request = await call.ReadSingleAsync(method.RequestMarshaller.ContextualDeserializer);
            await call.WriteAsync(method.ResponseMarshaller.ContextualSerializer, await handler(request, call), flush: false);
        });

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, static async (call, method, handler) =>
        {
            TRequest request = await call.ReadSingleAsync(method.RequestMarshaller.ContextualDeserializer);
            await handler(request, new ResponseWriter<TResponse>(call, method.ResponseMarshaller), call);
        });

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, static async (call, method, handler) =>
        {
            TResponse response = await handler(new RequestReader<TRequest>(call, method.RequestMarshaller), call);
            await call.WriteAsync(method.ResponseMarshaller.ContextualSerializer, response, flush: false);
        });

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, static (call, method, handler) =>
            handler(new RequestReader<TRequest>(call, method.RequestMarshaller), new ResponseWriter<TResponse>(call, method.ResponseMarshaller), call));

    private void Add<TMethod, THandler>(TMethod method, THandler? handler, Func<ServerCall, TMethod, THandler, Task> invoke, [CallerArgumentExpression(nameof(handler))] string name = "")
        where TMethod : IMethod
        where THandler : Delegate
    {
        ArgumentNullException.ThrowIfNull(handler, name);
        _methods.Add(method.FullName, call => invoke(call, method, handler));
    }
}
