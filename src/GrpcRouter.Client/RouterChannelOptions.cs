namespace GrpcRouter;

/// <summary>How a <see cref="RouterChannel"/> connects and calls. Read once, when the channel is created.</summary>
public sealed class RouterChannelOptions
{
    /// <summary>The default of <see cref="MaxReceiveMessageSize"/>: 4 MiB.</summary>
    public const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>
    /// Sends the requests, instead of a handler of the channel's own. It must support HTTP/2 with trailers and must not follow redirects.
    /// With it, <see cref="KeepAlivePingDelay"/>, <see cref="KeepAlivePingTimeout"/> and <see cref="EnableMultipleHttp2Connections"/> have no effect.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the channel disposes <see cref="HttpHandler"/> with itself; false by default. A handler of the channel's own is always disposed.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>
    /// The longest message that is received, in bytes, before and after decompression; 4 MiB by default, null for no limit.
    /// A longer one ends the call with <see cref="Grpc.Core.StatusCode.ResourceExhausted"/>.
    /// </summary>
    public int? MaxReceiveMessageSize { get; set; } = DefaultMaxReceiveMessageSize;

    /// <summary>
    /// The longest message that is sent, in bytes before compression; null, the default, for no limit.
    /// A longer one is not sent and fails with <see cref="Grpc.Core.StatusCode.ResourceExhausted"/>.
    /// </summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The message encodings the channel knows; gzip alone when null, which is the default.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    /// <summary>
    /// Credentials of the channel and of all its calls; by default what the address says: plain text for http, TLS for https.
    /// TLS details such as roots and client certificates are set on <see cref="HttpHandler"/>.
    /// </summary>
    public Grpc.Core.ChannelCredentials? Credentials { get; set; }

    /// <summary>
    /// Whether call credentials are sent in plain text too. False by default: a channel without TLS leaves them out.
    /// </summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    /// <summary>Whether a call given up by its token, its deadline or its disposal throws <see cref="OperationCanceledException"/>; false by default: <see cref="Grpc.Core.RpcException"/>.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>The silence after which a connection is pinged; at least 1 s; by default never.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long a ping may stay unanswered before its connection is given up; at least 1 s; 20 s by default.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether a second connection is opened when the first has no more room for calls; true by default.</summary>
    public bool EnableMultipleHttp2Connections { get; set; } = true;

    /// <summary>Measures deadlines; the system's time by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
