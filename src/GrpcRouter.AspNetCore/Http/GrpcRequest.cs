using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>What makes a request a gRPC call (gRPC over HTTP/2, "Requests").</summary>
internal static class GrpcRequest
{
    private const string ContentType = "application/grpc";

    /// <summary>application/grpc, alone or with a message format behind <c>+</c> or parameters behind <c>;</c>.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>Answers what is no gRPC call with an HTTP error.</summary>
    /// <returns>False when it has been answered.</returns>
    public static bool TryAccept(HttpContext context)
    {
        int refusal = 0;
        if (!IsGrpc(context.Request.ContentType))
        {
            refusal = StatusCodes.Status415UnsupportedMediaType;
        }
        else if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            refusal = StatusCodes.Status405MethodNotAllowed;
        }
        else if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            context.Response.Headers.Upgrade = HttpProtocol.Http2;
            refusal = StatusCodes.Status426UpgradeRequired;
        }

        if (refusal != 0)
        {
            context.Response.StatusCode = refusal;
            return false;
        }

        return true;
    }

    /// <summary>
    /// The path as the client sent it. Kestrel decodes and normalises the path it routes on; a call is named by the raw one alone, so
    /// that nothing reaches a method under another name than the one it is authorised by.
    /// </summary>
    public static string RawPath(HttpContext context) => context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";

    /// <summary>Lifts the limits on size and data rate: a stream may be long, and may rest.</summary>
    public static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
