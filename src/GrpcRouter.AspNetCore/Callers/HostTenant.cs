using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>Reads the tenant from the host name that was called, and keeps it for calls of the same one.</summary>
internal sealed class HostTenant
{
    private TenantRules? rules;
    private string? host;
    private string? tenant;

    public string? Of(StringValues called, TenantRules tenants)
    {
        if (called is not [{ } name])
        {
            return null;
        }

        if (rules != tenants || host != name)
        {
            (rules, host, tenant) = (tenants, name, tenants.OfHost(name));
        }

        return tenant;
    }
}
