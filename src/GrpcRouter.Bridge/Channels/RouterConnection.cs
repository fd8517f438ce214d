using System.Net;

namespace GrpcRouter;

/// <summary>The HTTP side of a channel: a connection of its own and the request that opens the stream.</summary>
internal static class RouterConnection
{
    // One stream has the connection to itself, so its window is the connection's; it should not be what limits a fast router.
    private const int StreamWindow = 1024 * 1024;

    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    public static HttpMessageInvoker CreateInvoker(BridgeOptions options, DialTerms terms)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            SslOptions = terms.Ssl,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = false,
            InitialHttp2StreamWindowSize = StreamWindow,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = options.KeepAliveInterval < ShortestPing ? ShortestPing : options.KeepAliveInterval,
            KeepAlivePingTimeout = options.KeepAliveTimeout < ShortestPing ? ShortestPing : options.KeepAliveTimeout,
        };
        if (terms != DialTerms.None)
        {
            handler.PlaintextStreamFilter = (context, _) => terms.Answer.ListenAsync(context.PlaintextStream);
        }

        options.ConfigureHandler?.Invoke(handler);
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    public static HttpRequestMessage CreateRequest(RouterTarget router, string? serverName, string path, HttpContent content)
    {
        UriBuilder address = new(router.Address);
        address.Path = address.Path.TrimEnd('/') + path;
        HttpRequestMessage request = new(HttpMethod.Post, address.Uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };

        // Also the name whose certificate the router must have.
        request.Headers.Host = serverName ?? router.Host;
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.TryAddWithoutValidation("user-agent", BridgeIdentity.UserAgent);
        return request;
    }
}
