using System.Security.Claims;

namespace GrpcRouter;

/// <summary>Whoever has an API key, in the form that ASP.NET Core's policies look at. Made anew each time: the application may add to it.</summary>
internal static class ApiKeyPrincipal
{
    public static ClaimsPrincipal Of(ApiKeyEntry key)
    {
        ClaimsIdentity identity = new(ApiKeyDefaults.AuthenticationScheme);
        identity.AddClaim(new Claim(identity.NameClaimType, key.Identity.Name));
        foreach ((string label, string value) in key.Identity.Labels)
        {
            identity.AddClaim(new Claim(label, value));
        }

        return new ClaimsPrincipal(identity);
    }
}
