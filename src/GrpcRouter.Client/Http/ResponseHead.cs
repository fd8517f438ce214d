using System.Net;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Judges the headers of a response.</summary>
internal static class ResponseHead
{
    /// <summary>The status of a response that is none of gRPC, or null when messages may follow.</summary>
    public static Status? FindFault(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new(FromHttp(response.StatusCode), $"The server answered HTTP {(int)response.StatusCode} without a gRPC status.");
        }

        if (response.Version.Major < 2)
        {
            return new(StatusCode.Internal, $"The server answered in HTTP/{response.Version}; gRPC needs HTTP/2.");
        }

        var contentType = ContentType(response);
        return IsGrpc(contentType) ? null : new(StatusCode.Unknown, $"The server answered with the content type '{contentType}'.");
    }

    public static string? Encoding(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("grpc-encoding", out var values) ? values.ToString() : null;

    private static string ContentType(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("content-type", out var values) ? values.ToString() : "";

    private static bool IsGrpc(string contentType)
    {
        const string Expected = "application/grpc";
        return contentType.StartsWith(Expected, StringComparison.OrdinalIgnoreCase)
            && (contentType.Length == Expected.Length || contentType[Expected.Length] is '+' or ';' or ' ');
    }

    private static StatusCode FromHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
