using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>Has what authorization refuses at an endpoint of the router answered as gRPC; everything else is left to the handler that was there.</summary>
internal sealed class RefusalResultHandler(IAuthorizationMiddlewareResultHandler inner) : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.Succeeded || context.GetEndpoint()?.Metadata.GetMetadata<RouterEndpoint>() is null
            ? inner.HandleAsync(next, context, policy, authorizeResult)
            : RefuseAsync(next, context, policy, authorizeResult);

    private async Task RefuseAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult result)
    {
        await inner.HandleAsync(next, context, policy, result).ConfigureAwait(false);

        // A handler of the application's own may have let the call pass.
        if (context.Response.StatusCode != StatusCodes.Status200OK)
        {
            GrpcRefusal.Turn(context, result.Challenged);
        }
    }
}
