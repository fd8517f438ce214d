using Grpc.Core;

namespace GrpcRouter;

/// <summary>
/// A gRPC channel over HTTP/2. Safe for concurrent use; create one and share it.
/// <see cref="CallOptions.IsWaitForReady"/> and <see cref="CallOptions.PropagationToken"/> are accepted without effect:
/// a call that finds no connection fails with <see cref="StatusCode.Unavailable"/> at once.
/// </summary>
public sealed class RouterChannel : ChannelBase, IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<HttpCall> _calls = [];
    private readonly RouterEndpoint _endpoint;
    private readonly CallSettings _settings;
    private bool _disposed;

    private RouterChannel(RouterEndpoint endpoint, CallSettings settings)
        : base(endpoint.Address.Authority)
    {
        _endpoint = endpoint;
        _settings = settings;
    }

    /// <summary>Creates a channel. Connections are opened by calls.</summary>
    /// <param name="address">The router, such as <c>http://localhost:5000</c> (HTTP/2 without TLS) or <c>https://router.example</c>.</param>
    /// <param name="options">How it connects and calls; the defaults when null.</param>
    /// <exception cref="ArgumentException">The address is not an http or https one or has a path.</exception>
    /// <exception cref="InvalidOperationException">The address contradicts the credentials, or those have TLS details.</exception>
    public static RouterChannel ForAddress(string address, RouterChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? ForAddress(uri, options)
            : throw new ArgumentException($"'{address}' is not an http or https address.", nameof(address));
    }

    /// <summary>Creates a channel. Connections are opened by calls.</summary>
    /// <param name="address">The router, such as <c>http://localhost:5000</c> (HTTP/2 without TLS) or <c>https://router.example</c>.</param>
    /// <param name="options">How it connects and calls; the defaults when null.</param>
    /// <exception cref="ArgumentException">The address is not an http or https one or has a path.</exception>
    /// <exception cref="InvalidOperationException">The address contradicts the credentials, or those have TLS details.</exception>
    public static RouterChannel ForAddress(Uri address, RouterChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return For([address], options ?? new());
    }

    /// <summary>
    /// Creates a channel to several routers that serve the same. Calls go to one of them, the first at the beginning, until it cannot be reached, is leaving or has no
    /// instance of the service; then to the next. A call that one of them turned away before an instance could see it is made at the next one; any other ends as it would with one router.
    /// </summary>
    /// <param name="addresses">The routers, all with http or all with https. A host name with several addresses is tried with each of them.</param>
    /// <param name="options">How it connects and calls; the defaults when null.</param>
    /// <exception cref="ArgumentException">There is no address, one of them is not an http or https one or has a path, or they mix the two.</exception>
    /// <exception cref="InvalidOperationException">An address contradicts the credentials, or those have TLS details.</exception>
    public static RouterChannel ForAddresses(IEnumerable<string> addresses, RouterChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        List<Uri> routers = [];
        foreach (var address in addresses)
        {
            routers.Add(Uri.TryCreate(address, UriKind.Absolute, out var uri)
                ? uri
                : throw new ArgumentException($"'{address}' is not an http or https address.", nameof(addresses)));
        }

        return For([.. routers], options ?? new());
    }

    private static RouterChannel For(Uri[] routers, RouterChannelOptions options)
    {
        if (routers.Length == 0)
        {
            throw new ArgumentException("A channel needs a router.", nameof(routers));
        }

        bool[] secure = [.. routers.Select(RouterEndpoint.IsSecure).Distinct()];
        return secure.Length == 1
            ? new(RouterEndpoint.Create(routers, options), CallSettings.From(options, secure[0]))
            : throw new ArgumentException("The routers of a channel have either http or https addresses, and not both.", nameof(routers));
    }

    /// <summary>An invoker that makes calls on the channel.</summary>
    public override CallInvoker CreateCallInvoker() => new RouterCallInvoker(this);

    /// <summary>Cancels the calls in progress and closes the connections.</summary>
    public void Dispose()
    {
        HttpCall[] calls;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            calls = [.. _calls];
        }

        foreach (var call in calls)
        {
            call.Dispose();
        }

        _endpoint.Dispose();
    }

    internal HttpCall CreateCall(IMethod method, string? host, CallOptions options, bool singleResponse)
    {
        HttpCall call = new(_endpoint, _settings, method, host, options, singleResponse, Forget);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _calls.Add(call);
        }

        return call;
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    private void Forget(HttpCall call)
    {
        lock (_gate)
        {
            _calls.Remove(call);
        }
    }
}
