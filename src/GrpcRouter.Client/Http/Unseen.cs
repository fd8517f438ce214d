using System.Text;

namespace GrpcRouter;

/// <summary>Tells failures after which no instance can have seen a call from all others: only such a call may be made again at another router.</summary>
internal static class Unseen
{
    private const string DetailsKey = "grpc-status-details-bin";

    // Reasons in the router's ErrorInfo.
    private static readonly byte[][] Reasons = [[.. "ROUTER_SHUTDOWN"u8], [.. "NO_INSTANCE"u8]];

    /// <summary>No connection could be made, so nothing was sent.</summary>
    public static bool IsUnsent(HttpRequestException error) => error.HttpRequestError is
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    /// <summary>The router answered with nothing but a status that says that it is leaving or has no instance.</summary>
    public static bool IsTurnedAway(HttpResponseMessage response) =>
        response.Headers.TryGetValues(DetailsKey, out var values) && values.FirstOrDefault() is { } details && Decode(details) is { } status
        && Array.Exists(Reasons, reason => status.AsSpan().IndexOf(reason) >= 0) && status.AsSpan().IndexOf("grpcrouter"u8) >= 0;

    private static byte[]? Decode(string details)
    {
        var padded = details.PadRight((details.Length + 3) / 4 * 4, '=');
        var bytes = new byte[Encoding.ASCII.GetMaxByteCount(padded.Length)];
        return Convert.TryFromBase64String(padded, bytes, out var written) ? bytes[..written] : null;
    }
}
