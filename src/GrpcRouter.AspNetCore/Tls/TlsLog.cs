using Microsoft.Extensions.Logging;

namespace GrpcRouter;

internal static partial class TlsLog
{
    [LoggerMessage(311, LogLevel.Warning, "DangerousAcceptAnyClientCertificate is on: whoever connects can show any certificate and be anyone. Never use this outside of tests.")]
    public static partial void AnyClientTaken(this ILogger log);

    [LoggerMessage(312, LogLevel.Warning, "No TLS with {Peer}: {Reason}")]
    public static partial void HandshakeFailed(this ILogger log, string peer, string reason);

    [LoggerMessage(313, LogLevel.Warning, "No TLS with {Peer}: {Reason} {Unsaid} more failed since the last of these lines.")]
    public static partial void HandshakesFailed(this ILogger log, string peer, string reason, int unsaid);

    [LoggerMessage(317, LogLevel.Debug, "No TLS with {Peer}: {Reason}")]
    public static partial void HandshakeGivenUp(this ILogger log, string peer, string reason);

    [LoggerMessage(314, LogLevel.Warning, "The router listens without TLS on {Addresses}, where others can read and change what passes. Give it a certificate (GrpcRouter:Tls:Certificate), or say that this is meant (GrpcRouter:Tls:CleartextIsMeant), as behind a mesh that encrypts.")]
    public static partial void Cleartext(this ILogger log, string addresses);

    [LoggerMessage(315, LogLevel.Error, "An https endpoint has displaced what the router sets for it: client certificates are not verified by GrpcRouter:Tls there. Call UseRouterTls in place of UseHttps, and set neither OnAuthenticate nor ConfigureHttpsDefaults.")]
    public static partial void Displaced(this ILogger log);

    [LoggerMessage(316, LogLevel.Warning, "GrpcRouter:Tls is set, but applies to no endpoint: {Addresses}. An https address, listen.UseHttps() or listen.UseRouterTls() makes one; ConfigureHttpsDefaults of the application's own takes the place of the router's.")]
    public static partial void NotApplied(this ILogger log, string addresses);
}
