namespace Grpc.Core.Api.Tests;

internal sealed class RecordingBinder : ServiceBinderBase
{
    public Dictionary<string, (IMethod Method, Delegate? Handler)> Methods { get; } = [];

    public T Handler<T>(string name)
        where T : Delegate => Assert.IsType<T>(Methods[name].Handler);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Methods.Add(method.Name, (method, handler));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Methods.Add(method.Name, (method, handler));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Methods.Add(method.Name, (method, handler));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Methods.Add(method.Name, (method, handler));
}
