using Echo;

namespace Grpc.Core.Api.Tests;

internal sealed class FakeCallInvoker(List<string> log) : CallInvoker
{
    public string? Host { get; private set; }

    public CallOptions Options { get; private set; }

    public bool Disposed { get; private set; }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Note(method, host, options, "blocking");
        return (TResponse)(object)request;
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Note(method, host, options, "async");
        return new(Task.FromResult((TResponse)(object)request), Headers, GetStatus, GetTrailers, Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Note(method, host, options, "async");
        return new((IAsyncStreamReader<TResponse>)(object)new ListReader("a", "b"), Headers, GetStatus, GetTrailers, Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        Note(method, host, options, "async");
        return new((IClientStreamWriter<TRequest>)(object)new ListWriter(), Task.FromResult((TResponse)(object)new Words { Text = "all" }), Headers, GetStatus, GetTrailers, Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        Note(method, host, options, "async");
        return new(
            (IClientStreamWriter<TRequest>)(object)new ListWriter(),
            (IAsyncStreamReader<TResponse>)(object)new ListReader("x"),
            static _ => Headers,
            static state => ((FakeCallInvoker)state).GetStatus(),
            static state => ((FakeCallInvoker)state).GetTrailers(),
            static state => ((FakeCallInvoker)state).Dispose(),
            this);
    }

    private static Task<Metadata> Headers => Task.FromResult(new Metadata { { "from", "fake" } });

    private Status GetStatus() => new(Disposed ? StatusCode.Cancelled : StatusCode.OK, "fake");

    private Metadata GetTrailers() => new() { { "disposed", Disposed.ToString() } };

    private void Dispose() => Disposed = true;

    private void Note(IMethod method, string? host, CallOptions options, string how)
    {
        Host = host;
        Options = options;
        log.Add($"{how} {method.Type} {method.Name}");
    }
}
