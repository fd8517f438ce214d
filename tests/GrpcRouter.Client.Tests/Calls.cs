namespace GrpcRouter.Client.Tests;

/// <summary>The methods the tests call, and short ways to call them.</summary>
internal static class Calls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Method<string, string> Unary { get; } = Create(MethodType.Unary, "One");

    public static Method<string, string> ServerStreaming { get; } = Create(MethodType.ServerStreaming, "Split");

    public static Method<string, string> ClientStreaming { get; } = Create(MethodType.ClientStreaming, "Collect");

    public static Method<string, string> Duplex { get; } = Create(MethodType.DuplexStreaming, "Chat");

    public static AsyncUnaryCall<string> One(this CallInvoker invoker, string request = "request", CallOptions options = default) =>
        invoker.AsyncUnaryCall(Unary, null, options, request);

    public static AsyncServerStreamingCall<string> Split(this CallInvoker invoker, string request = "request", CallOptions options = default) =>
        invoker.AsyncServerStreamingCall(ServerStreaming, null, options, request);

    public static AsyncClientStreamingCall<string, string> Collect(this CallInvoker invoker, CallOptions options = default) =>
        invoker.AsyncClientStreamingCall(ClientStreaming, null, options);

    public static AsyncDuplexStreamingCall<string, string> Chat(this CallInvoker invoker, CallOptions options = default) =>
        invoker.AsyncDuplexStreamingCall(Duplex, null, options);

    public static async Task<List<string>> ReadAllAsync(this IAsyncStreamReader<string> reader)
    {
        List<string> messages = [];
        while (await reader.MoveNext())
        {
            messages.Add(reader.Current);
        }

        return messages;
    }

    /// <summary>Fails a test that would otherwise hang.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Fails a test that would otherwise hang.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static async Task<Status> StatusOf(Func<Task> action) => (await Assert.ThrowsAsync<RpcException>(() => action().Soon())).Status;

    public static async Task<StatusCode> CodeOf(Func<Task> action) => (await StatusOf(action)).StatusCode;

    private static Method<string, string> Create(MethodType type, string name) =>
        new(type, "echo.Echoes", name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);
}
