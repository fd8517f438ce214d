using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GrpcRouter;

/// <summary>Matches gRPC requests only.</summary>
internal sealed class GrpcContentTypeConstraint : IRouteConstraint
{
    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        httpContext is not null && GrpcRequest.IsGrpc(httpContext.Request.ContentType);
}
