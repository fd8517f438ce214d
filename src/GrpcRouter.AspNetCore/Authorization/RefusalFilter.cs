using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>
/// For applications whose own result handler was added after the router and so stands in the place of <see cref="RefusalResultHandler"/>: turns refusals into gRPC's on their way out. It waits for
/// each call, which the handler need not.
/// </summary>
internal sealed class RefusalFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (app.ApplicationServices.GetService<IAuthorizationMiddlewareResultHandler>() is not RefusalResultHandler)
        {
            app.Use(static following => context => HandleAsync(following, context));
        }

        next(app);
    };

    private static async Task HandleAsync(RequestDelegate following, HttpContext context)
    {
        await following(context).ConfigureAwait(false);
        if (context.Response.StatusCode is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
            && context.GetEndpoint()?.Metadata.GetMetadata<RouterEndpoint>() is not null)
        {
            GrpcRefusal.Turn(context, challenged: context.Response.StatusCode == StatusCodes.Status401Unauthorized);
        }
    }
}
