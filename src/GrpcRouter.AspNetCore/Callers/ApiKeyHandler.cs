using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>The router's API keys as an authentication scheme of ASP.NET Core.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, RouterHub hub)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (hub.Callers.Rules.Keys is not { } keys || ApiKeyHeaders.Find(Request.Headers, out bool several) is not { } value)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        ApiKeySecret? secret = null;
        ApiKeyVerdict verdict = several ? ApiKeyVerdict.Unknown : keys.JudgeAndCount(ApiKeyHeaders.TokenOf(value), TimeProvider.GetUtcNow(), out secret);
        Context.Features.Set(new ApiKeyOutcome(verdict, secret));
        return Task.FromResult(verdict == ApiKeyVerdict.Good
            ? AuthenticateResult.Success(new AuthenticationTicket(ApiKeyPrincipal.Of(secret!.Key), Scheme.Name))
            : AuthenticateResult.Fail(ApiKeyOutcome.MessageOf(verdict)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = Microsoft.Extensions.Primitives.StringValues.Concat(Response.Headers.WWWAuthenticate, "Bearer");
        return Task.CompletedTask;
    }
}
