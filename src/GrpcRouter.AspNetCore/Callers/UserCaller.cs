using System.Security.Claims;

namespace GrpcRouter;

/// <summary>Reads who calls from whom ASP.NET Core has authenticated, and keeps it for calls of the same one.</summary>
internal sealed class UserCaller
{
    private const string Scheme = "claims";
    private const string Subject = "sub";

    private PeerIdentity? last;
    private string? lastTenant;

    public PeerIdentity? Of(ClaimsPrincipal? user, CallerRules rules)
    {
        if (user is null || AuthenticatedOf(user) is not { } identity || NameOf(user, identity, rules.NameClaim) is not { Length: > 0 } name)
        {
            return null;
        }

        string scheme = identity.AuthenticationType ?? Scheme;
        string? tenant = rules.Tenants is { } tenants ? user.FindFirst(tenants.Claim)?.Value : null;
        if (last is null || last.Name != name || last.Scheme != scheme || lastTenant != tenant)
        {
            last = new PeerIdentity(scheme, name);
            lastTenant = tenant;
            if (tenant is not null)
            {
                last = last with { Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [rules.Tenants!.Claim] = tenant } };
            }
        }

        return last;
    }

    private static ClaimsIdentity? AuthenticatedOf(ClaimsPrincipal user)
    {
        if (user.Identity is ClaimsIdentity { IsAuthenticated: true } primary)
        {
            return primary;
        }

        foreach (ClaimsIdentity identity in user.Identities)
        {
            if (identity.IsAuthenticated)
            {
                return identity;
            }
        }

        return null;
    }

    private static string? NameOf(ClaimsPrincipal user, ClaimsIdentity identity, string? claim) =>
        claim is not null ? user.FindFirst(claim)?.Value
        : identity.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? identity.FindFirst(Subject)?.Value ?? identity.Name;
}
