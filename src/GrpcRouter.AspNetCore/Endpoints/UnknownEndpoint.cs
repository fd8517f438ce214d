using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>Answers calls to services and methods that are not there.</summary>
internal static class UnknownEndpoint
{
    public static Task HandleAsync(HttpContext context)
    {
        if (GrpcRequest.TryAccept(context))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            HttpLeg.Of(context, context.Features.GetRequiredFeature<IHttpRequestFeature>())
                .SetEnd(new RouterStatus(StatusCode.Unimplemented, RouterReasons.UnknownMethod, "The router has no such service or method."));
        }

        return Task.CompletedTask;
    }
}
