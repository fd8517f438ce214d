using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>
/// Says no in the way of gRPC: trailers-only, where ASP.NET Core would answer 401, 403 or send the caller to a page. What authentication schemes say of the credentials they want stays in
/// <c>www-authenticate</c>, which clients find in the metadata.
/// </summary>
internal static class GrpcRefusal
{
    private const string BearerChallenge = "Bearer";

    public static RouterStatus Unauthenticated { get; } = new(StatusCode.Unauthenticated, RouterReasons.Unauthenticated, "The call needs credentials that are good.");

    public static RouterStatus PermissionDenied { get; } = new(StatusCode.PermissionDenied, RouterReasons.PermissionDenied, "The caller may not call this.");

    /// <summary>Ends a call.</summary>
    /// <param name="context">The request.</param>
    /// <param name="leg">Its leg.</param>
    /// <param name="status">What the caller is told.</param>
    /// <param name="challenge">An API key would do.</param>
    public static void End(HttpContext context, HttpLeg leg, in RouterStatus status, bool challenge)
    {
        if (challenge)
        {
            context.Response.Headers.WWWAuthenticate = BearerChallenge;
        }

        leg.SetEnd(status);
    }

    /// <summary>Ends a call that a policy has refused.</summary>
    public static async Task EndAsync(HttpContext context, HttpLeg leg, AuthorizationPolicy policy, PolicyAuthorizationResult result)
    {
        IReadOnlyList<string?> schemes = policy.AuthenticationSchemes.Count > 0 ? [.. policy.AuthenticationSchemes] : [null];
        if (result.Challenged && await HasSchemeAsync(context, policy).ConfigureAwait(false))
        {
            foreach (string? scheme in schemes)
            {
                await context.ChallengeAsync(scheme).ConfigureAwait(false);
            }
        }

        if (!context.Response.HasStarted)
        {
            Turn(context, leg, result.Challenged);
        }
    }

    /// <summary>Turns an answer of HTTP's into one of gRPC's, if it says no and has not begun.</summary>
    public static void Turn(HttpContext context, bool challenged)
    {
        if (!context.Response.HasStarted && GrpcRequest.IsGrpc(context.Request.ContentType))
        {
            Turn(context, HttpLeg.Of(context, context.Features.GetRequiredFeature<IHttpRequestFeature>()), challenged);
        }
    }

    private static void Turn(HttpContext context, HttpLeg leg, bool challenged)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentLength = null;
        response.Headers.Location = default;
        leg.SetEnd(challenged ? Unauthenticated : PermissionDenied);
    }

    private static async Task<bool> HasSchemeAsync(HttpContext context, AuthorizationPolicy policy) =>
        context.RequestServices.GetService(typeof(IAuthenticationSchemeProvider)) is IAuthenticationSchemeProvider schemes
        && (policy.AuthenticationSchemes.Count > 0 || await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) is not null);
}
