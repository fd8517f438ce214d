namespace GrpcRouter;

/// <summary>
/// The routers of a channel and the connections to them. Calls go to one until it cannot be reached or turns a call away unseen; then to the next, round and round.
/// </summary>
internal sealed class RouterEndpoint : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly Uri[] _addresses;
    private int _current;

    private RouterEndpoint(Uri[] addresses, HttpMessageInvoker http)
    {
        _addresses = addresses;
        _http = http;
    }

    /// <summary>The router that calls go to at the moment.</summary>
    public Uri Address => _addresses[Volatile.Read(ref _current)];

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

    public static RouterEndpoint Create(Uri[] addresses, RouterChannelOptions options) =>
        new(addresses, options.HttpHandler is { } handler
            ? new(handler, options.DisposeHttpClient)
            : new(CreateHandler(options), disposeHandler: true));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _addresses.Length == 1 ? _http.SendAsync(request, cancellationToken) : SendToAnyAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SendToAnyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            var index = Volatile.Read(ref _current);
            request.RequestUri = new Uri(_addresses[index], request.RequestUri!.PathAndQuery);
            try
            {
                var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (!Unseen.IsTurnedAway(response))
                {
                    return response;
                }

                GoOn(index);

                // A stream's messages are given away once; the next call goes elsewhere.
                if (tried == _addresses.Length || request.Content is not UnaryContent)
                {
                    return response;
                }

                response.Dispose();
            }
            catch (HttpRequestException error) when (Unseen.IsUnsent(error))
            {
                GoOn(index);
                if (tried == _addresses.Length)
                {
                    throw;
                }
            }
        }
    }

    private void GoOn(int from) => Interlocked.CompareExchange(ref _current, (from + 1) % _addresses.Length, from);

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
