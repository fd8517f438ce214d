namespace GrpcRouter;

/// <summary>One address with the connections to it.</summary>
internal sealed class RouterEndpoint : IDisposable
{
    private readonly HttpMessageInvoker _http;

    private RouterEndpoint(Uri address, HttpMessageInvoker http)
    {
        Address = address;
        _http = http;
    }

    public Uri Address { get; }

    public static bool IsSecure(Uri address)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is not an http or https address.", nameof(address));
        }

        if (address.PathAndQuery is not "/" || address.UserInfo.Length > 0)
        {
            throw new ArgumentException($"'{address}' has more than a scheme, a host and a port.", nameof(address));
        }

        return address.Scheme == Uri.UriSchemeHttps;
    }

    public static RouterEndpoint Create(Uri address, RouterChannelOptions options) =>
        new(address, options.HttpHandler is { } handler
            ? new(handler, options.DisposeHttpClient)
            : new(CreateHandler(options), disposeHandler: true));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, cancellationToken);

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(RouterChannelOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        EnableMultipleHttp2Connections = options.EnableMultipleHttp2Connections,
        KeepAlivePingDelay = options.KeepAlivePingDelay,
        KeepAlivePingTimeout = options.KeepAlivePingTimeout,
    };
}
