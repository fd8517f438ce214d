using Grpc.Core;

namespace GrpcRouter;

/// <summary>
/// A call as handlers and interceptors see it. They may keep it for as long as they like, so it belongs to its call for ever, and answers from what it
/// holds itself. The call behind it serves another once the two have parted.
/// </summary>
internal sealed class CallContext(InboundCall behind, RegistrationChannel channel, MethodHandler method, CallOpening opening) : ServerCallContext
{
    /// <summary>Where a call's UserState holds its context.</summary>
    public static readonly object Key = new();

    private const int Attached = 0;
    private const int Held = 1;
    private const int Parted = 2;

    private InboundCall? call = behind;
    private CallScope? scope;
    private AuthContext? authContext;
    private Metadata? requestHeaders;
    private Metadata? trailers;
    private Dictionary<object, object>? userState;
    private CancellationTokenSource? cancellation;
    private Status status = Status.DefaultSuccess;
    private int tie;
    private bool withdrawn;

    public CallOpening Opening => opening;

    public DateTime LatestEnd { get; set; } = DateTime.MaxValue;

    public CallScope Scope => scope ??= new CallScope(channel.Bridge.Services);

    /// <summary>The scope when one has been used.</summary>
    public CallScope? OpenedScope => scope;

    /// <summary>The trailers when any have been set.</summary>
    public Metadata? SetTrailers => trailers;

    /// <summary>Fires when what the call runs on begins to leave.</summary>
    public CancellationToken DrainToken => channel.DrainToken;

    /// <summary>Fires when the call is withdrawn: by the client, its deadline, or the loss of the channel.</summary>
    public CancellationToken Token
    {
        get
        {
            if (cancellation is null)
            {
                Interlocked.CompareExchange(ref cancellation, new CancellationTokenSource(), null);
                if (Volatile.Read(ref withdrawn))
                {
                    cancellation.Cancel();
                }
            }

            return cancellation.Token;
        }
    }

    protected override string MethodCore => method.FullName;

    protected override string HostCore => opening.Authority;

    protected override string PeerCore => opening.Peer;

    protected override DateTime DeadlineCore => LatestEnd;

    protected override Metadata RequestHeadersCore => requestHeaders ??= opening.ReadMetadata();

    protected override CancellationToken CancellationTokenCore => Token;

    protected override Metadata ResponseTrailersCore => trailers ??= [];

    protected override Status StatusCore
    {
        get => status;
        set => status = value;
    }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    // The router has authenticated the caller, and says who it is.
    protected override AuthContext AuthContextCore => authContext ??= CallerAuthContext.Of(opening.ReadCaller());

    protected override IDictionary<object, object> UserStateCore => userState ??= new() { [Key] = this };

    /// <summary>Finds the bridge's own context, also behind one that an interceptor put around it; null when it is not the bridge's.</summary>
    public static CallContext? Find(ServerCallContext context) =>
        context as CallContext ?? (context.UserState.TryGetValue(Key, out object? value) ? value as CallContext : null);

    /// <summary>Fires the token.</summary>
    public void Withdraw()
    {
        Volatile.Write(ref withdrawn, true);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref cancellation) is { } source)
        {
            _ = CancelAsync(source);
        }
    }

    /// <summary>Parts the context from its call, after which nothing leads from the one to the other.</summary>
    /// <returns>False when somebody has reached through to the call and may be at it still.</returns>
    public bool TryPart()
    {
        if (Interlocked.CompareExchange(ref tie, Parted, Attached) != Attached)
        {
            return false;
        }

        call = null;
        return true;
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (Interlocked.CompareExchange(ref tie, Held, Attached) == Parted)
        {
            throw new InvalidOperationException("Response headers cannot be sent: the call is complete.");
        }

        return call!.WriteHeadersAsync(responseHeaders);
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Context propagation is not supported; pass the deadline and the cancellation token on yourself.");

    private async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (Exception error)
        {
            BridgeLog.CancelCallbackFailed(channel.Bridge.Log, method.FullName, error);
        }
    }
}
