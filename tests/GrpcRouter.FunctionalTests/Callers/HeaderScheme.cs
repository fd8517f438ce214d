using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

/// <summary>An authentication scheme that believes what the header <c>x-user</c> says: a name, and roles behind it.</summary>
internal sealed class HeaderScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "test";
    public const string Header = "x-user";

    /// <summary>Adds the scheme as the default one, and a policy <c>staff</c> for whoever has the role.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(Name).AddScheme<AuthenticationSchemeOptions, HeaderScheme>(Name, configureOptions: null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("staff", static policy => policy.RequireRole("staff"));
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Header].ToString() is not { Length: > 0 } said)
        {
            return AuthenticateResult.NoResult();
        }

        // As schemes that ask somebody else do.
        await Task.Yield();
        string[] words = said.Split(' ');
        ClaimsIdentity identity = new(Scheme.Name);
        identity.AddClaim(new Claim(identity.NameClaimType, words[0]));
        identity.AddClaims(words[1..].Select(word => word.Split('=') is [var type, var value] ? new Claim(type, value) : new Claim(identity.RoleClaimType, word)));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Test realm=\"probe\"";
        return Task.CompletedTask;
    }
}
