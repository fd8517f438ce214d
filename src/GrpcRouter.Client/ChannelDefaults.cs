using Grpc.Net.Client;

namespace GrpcRouter;

/// <summary>What a channel to routers has where its options leave it open.</summary>
internal static class ChannelDefaults
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan KeepAlivePingDelay = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan KeepAlivePingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A copy of the options that names the transport.</summary>
    public static GrpcChannelOptions Complete(GrpcChannelOptions? options)
    {
        GrpcChannelOptions settings = Copy(options ?? new GrpcChannelOptions());
        if (settings.HttpHandler is null && settings.HttpClient is null)
        {
            settings.HttpHandler = CreateHandler();
            settings.DisposeHttpClient = true;
        }

        return settings;
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // The channel connects by itself and would hand the proxy's requests to the router.
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = ConnectTimeout,
        KeepAlivePingDelay = KeepAlivePingDelay,
        KeepAlivePingTimeout = KeepAlivePingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    private static GrpcChannelOptions Copy(GrpcChannelOptions options) => new()
    {
        CompressionProviders = options.CompressionProviders,
        Credentials = options.Credentials,
        DisableResolverServiceConfig = options.DisableResolverServiceConfig,
        DisposeHttpClient = options.DisposeHttpClient,
        HttpClient = options.HttpClient,
        HttpHandler = options.HttpHandler,
        HttpVersion = options.HttpVersion,
        HttpVersionPolicy = options.HttpVersionPolicy,
        InitialReconnectBackoff = options.InitialReconnectBackoff,
        LoggerFactory = options.LoggerFactory,
        MaxReceiveMessageSize = options.MaxReceiveMessageSize,
        MaxReconnectBackoff = options.MaxReconnectBackoff,
        MaxRetryAttempts = options.MaxRetryAttempts,
        MaxRetryBufferPerCallSize = options.MaxRetryBufferPerCallSize,
        MaxRetryBufferSize = options.MaxRetryBufferSize,
        MaxSendMessageSize = options.MaxSendMessageSize,
        ServiceConfig = options.ServiceConfig,
        ServiceProvider = options.ServiceProvider,
        ThrowOperationCanceledOnCancellation = options.ThrowOperationCanceledOnCancellation,
        UnsafeUseInsecureChannelCallCredentials = options.UnsafeUseInsecureChannelCallCredentials,
    };
}
