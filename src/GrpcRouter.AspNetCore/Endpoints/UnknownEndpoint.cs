using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>Answers calls to services and methods that are not there.</summary>
internal static class UnknownEndpoint
{
    public static Task HandleAsync(HttpContext context)
    {
        if (GrpcRequest.TryAccept(context))
        {
            HttpLeg leg = HttpLeg.Rent(context);
            leg.SetEnd(new RouterStatus(StatusCode.Unimplemented, RouterReasons.UnknownMethod, "The router has no such service or method."));
            leg.Return();
        }

        return Task.CompletedTask;
    }
}
