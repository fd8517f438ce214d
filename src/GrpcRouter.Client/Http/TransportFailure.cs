using System.Net.Sockets;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Turns errors of the transport into statuses.</summary>
internal static class TransportFailure
{
    public static Status ToStatus(Exception error)
    {
        if (error is RpcException known)
        {
            return known.Status;
        }

        var causes = Causes(error).ToList();
        return new(Judge(causes), $"The call failed: {string.Join(" ", causes.Select(cause => cause.Message))}", error);
    }

    private static StatusCode Judge(List<Exception> causes)
    {
        if (causes.OfType<HttpProtocolException>().FirstOrDefault() is { } protocol)
        {
            return FromHttp2(protocol.ErrorCode);
        }

        // A connection that is lost during the handshake is reported as an invalid response, with the loss within.
        if (causes.OfType<SocketException>().Any())
        {
            return StatusCode.Unavailable;
        }

        return causes.Select(FromCause).FirstOrDefault(code => code is not null) ?? StatusCode.Internal;
    }

    private static StatusCode? FromCause(Exception cause) => cause switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.VersionNegotiationError or HttpRequestError.InvalidResponse } => StatusCode.Internal,
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError or HttpRequestError.ResponseEnded,
        } => StatusCode.Unavailable,
        IOException or TimeoutException => StatusCode.Unavailable,
        OperationCanceledException { InnerException: null } => StatusCode.Cancelled,
        _ => null,
    };

    private static StatusCode FromHttp2(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xB => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xC => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
