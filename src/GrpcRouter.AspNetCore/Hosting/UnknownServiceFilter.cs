using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>
/// As with a gRPC server, a service or method that is not there is UNIMPLEMENTED: a gRPC request that no endpoint of the application took is
/// answered so, and requests of other kinds with 404 as ever.
/// </summary>
internal sealed class UnknownServiceFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static following => context => Handle(following, context));
        next(app);
    };

    // Not an async method: calls that are there need not wait for anything here.
    private static Task Handle(RequestDelegate following, HttpContext context)
    {
        Task handled = following(context);
        return handled.IsCompletedSuccessfully && IsUnknown(context) ? UnknownEndpoint.HandleAsync(context)
            : handled.IsCompleted || context.GetEndpoint() is not null ? handled
            : HandleLaterAsync(handled, context);
    }

    private static async Task HandleLaterAsync(Task handled, HttpContext context)
    {
        await handled.ConfigureAwait(false);
        if (IsUnknown(context))
        {
            await UnknownEndpoint.HandleAsync(context).ConfigureAwait(false);
        }
    }

    private static bool IsUnknown(HttpContext context) =>
        context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false }
        && context.GetEndpoint() is null
        && GrpcRequest.IsGrpc(context.Request.ContentType);
}
