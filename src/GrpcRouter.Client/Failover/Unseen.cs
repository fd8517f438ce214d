using System.Text;

namespace GrpcRouter;

/// <summary>Tells failures after which no instance can have seen a call from all others: only such a call may be made again at another router.</summary>
internal static class Unseen
{
    private const string DetailsKey = "grpc-status-details-bin";

    // Reasons in the router's ErrorInfo.
    private static readonly byte[][] Reasons = [[.. "ROUTER_SHUTDOWN"u8], [.. "NO_INSTANCE"u8]];

    /// <summary>No connection could be made, or not in time, so nothing was sent.</summary>
    public static bool IsUnsent(Exception error, CancellationToken cancellationToken) => error switch
    {
        HttpRequestException http => http.HttpRequestError is
            HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        OperationCanceledException { InnerException: TimeoutException } => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>
    /// The connection was closed in order (GOAWAY with NO_ERROR; RFC 9113, section 6.8) before the call was answered. A router answers all that it has taken on before it closes
    /// so, and thus has not seen this one.
    /// </summary>
    public static bool IsLeftOut(Exception error) => error is HttpRequestException { InnerException: HttpProtocolException { ErrorCode: 0 } };

    /// <summary>The router answered with nothing but a status that says that it is leaving or has no instance.</summary>
    public static bool IsTurnedAway(HttpResponseMessage response) =>
        response.Headers.TryGetValues(DetailsKey, out IEnumerable<string>? values) && values.FirstOrDefault() is { } details && Decode(details) is { } status
        && Array.Exists(Reasons, reason => status.AsSpan().IndexOf(reason) >= 0) && status.AsSpan().IndexOf("grpcrouter"u8) >= 0;

    /// <summary>Its messages are at hand still: a lone request is written anew each time it is sent, while those of a stream are given away once.</summary>
    public static bool IsRepeatable(HttpRequestMessage request) =>
        request.Content?.GetType().Name.StartsWith("PushUnaryContent", StringComparison.Ordinal) == true;

    private static byte[]? Decode(string details)
    {
        string padded = details.PadRight((details.Length + 3) / 4 * 4, '=');
        byte[] bytes = new byte[Encoding.ASCII.GetMaxByteCount(padded.Length)];
        return Convert.TryFromBase64String(padded, bytes, out int written) ? bytes[..written] : null;
    }
}
