using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>Finds what an instance shows with the request that opens its channel.</summary>
internal static class RegistrationCredentials
{
    private const string Bearer = "Bearer";

    public static RegistrationCredential Of(HttpContext context) => new()
    {
        // Kestrel has verified it, in the way that the endpoint's TLS options say.
        Certificate = context.Connection.ClientCertificate,
        Token = TokenOf(context.Request.Headers.Authorization),
        Application = IdentityOf(context.User),
    };

    private static string? TokenOf(string? authorization) =>
        AuthenticationHeaderValue.TryParse(authorization, out AuthenticationHeaderValue? header) && header.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;

    private static PeerIdentity? IdentityOf(ClaimsPrincipal user)
    {
        if (user.Identity is not { IsAuthenticated: true } identity)
        {
            return null;
        }

        string? name = user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub") ?? identity.Name;
        return string.IsNullOrEmpty(name) ? null : new PeerIdentity(identity.AuthenticationType ?? "application", name);
    }
}
