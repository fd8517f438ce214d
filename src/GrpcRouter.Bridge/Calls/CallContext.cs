using Grpc.Core;

namespace GrpcRouter;

/// <summary>A call as handlers and interceptors see it.</summary>
internal sealed class CallContext(InboundCall call) : ServerCallContext
{
    private static readonly AuthContext Unauthenticated = new(null, []);

    private CallScope? scope;
    private Metadata? requestHeaders;
    private Metadata? trailers;
    private Dictionary<object, object>? userState;
    private Status status = Status.DefaultSuccess;

    public CallScope Scope => scope ??= new CallScope(call.Channel.Bridge.Services);

    /// <summary>The scope when one has been used.</summary>
    public CallScope? OpenedScope => scope;

    /// <summary>The trailers when any have been set.</summary>
    public Metadata? SetTrailers => trailers;

    protected override string MethodCore => call.Method.FullName;

    protected override string HostCore => call.Start.Authority;

    protected override string PeerCore => call.Start.Peer;

    protected override DateTime DeadlineCore => call.Deadline;

    protected override Metadata RequestHeadersCore => requestHeaders ??= call.Start.ReadMetadata();

    protected override CancellationToken CancellationTokenCore => call.Token;

    protected override Metadata ResponseTrailersCore => trailers ??= [];

    protected override Status StatusCore
    {
        get => status;
        set => status = value;
    }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    // The client's identity stays at the router; what the instance may know of it comes as metadata.
    protected override AuthContext AuthContextCore => Unauthenticated;

    protected override IDictionary<object, object> UserStateCore => userState ??= new() { [CallScope.Key] = Scope };

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        return call.WriteHeadersAsync(responseHeaders);
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Context propagation is not supported; pass the deadline and the cancellation token on yourself.");
}
