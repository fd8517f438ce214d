namespace GrpcRouter;

/// <summary>
/// Whose call it is: the tenant that routes (<see cref="RouteRuleOptions.Tenants"/>), limits (<see cref="CircuitBreakerOptions.MaxCallsPerTenant"/>) and the grants of instances go by. A caller whose
/// credential names a tenant is never taken for another, wherever the tenant comes from.
/// </summary>
public sealed class TenantOptions
{
    /// <summary>What names a call's tenant. Default: nothing does, and there are no tenants.</summary>
    public TenantSource Source { get; set; }

    /// <summary>The claim, or the label of an API key, whose value is the tenant. Default <c>tenant</c>. The label is what <see cref="ApiKeyOptions.Tenant"/> sets.</summary>
    public string Claim { get; set; } = "tenant";

    /// <summary>The metadata key whose value is the tenant. Needed with the source Header; not a <c>-bin</c> key. Default: none.</summary>
    public string? Header { get; set; }

    /// <summary>
    /// The host name with <c>{tenant}</c> in the tenant's place, such as <c>{tenant}.api.example.com</c>; one label or part of it. Needed with the source Host; case and port do not matter, and the
    /// tenant is in lower case. Default: none.
    /// </summary>
    public string? HostPattern { get; set; }

    /// <summary>Refuse calls without a tenant with PERMISSION_DENIED and the reason TENANT_REQUIRED. Default false: they are nobody's in particular.</summary>
    public bool Required { get; set; }

    /// <summary>
    /// The tenants there are. A call for another ends PERMISSION_DENIED with the reason TENANT_REFUSED. Empty, the default: any name of 1 to 128 letters, digits and <c>-_.:/@</c>.
    /// </summary>
    public IList<string> Known { get; } = [];
}
