using System.Globalization;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>How many calls of a service, and of one of its tenants, may be under way. Made only where there is a limit.</summary>
internal sealed class CallLimits
{
    private readonly int maxCalls;
    private readonly LiveCalls live;
    private readonly RouterStatus serviceFull;
    private readonly RouterStatus tenantFull;
    private readonly int tenantLimit;

    private CallLimits(string service, int? maxCalls, LiveCalls live, int? maxCallsPerTenant, CallLimits? before)
    {
        this.maxCalls = maxCalls ?? int.MaxValue;
        this.live = live;
        serviceFull = Full(RouterReasons.TooManyCalls, service, this.maxCalls, $"{service} has as many calls under way as it may.")
            .With(ReasonKeys.Scope, ReasonKeys.ServiceScope);
        if (maxCallsPerTenant is { } limit)
        {
            tenantLimit = limit;
            Tenants = before?.Tenants ?? new TenantTable(limit);
            tenantFull = Full(RouterReasons.TenantLimit, service, limit, $"The tenant has as many calls of {service} under way as it may.");
        }
    }

    /// <summary>The tenants; null when they are not counted.</summary>
    public TenantTable? Tenants { get; }

    /// <param name="service">The service.</param>
    /// <param name="scopes">What is set for it.</param>
    /// <param name="live">Its calls.</param>
    /// <param name="before">The limits that these replace: tenants go on with the calls they have.</param>
    /// <returns>Null when nothing is limited.</returns>
    public static CallLimits? Create(RoutedService service, OptionScopes scopes, LiveCalls live, CallLimits? before = null)
    {
        int? maxCalls = scopes.OfService(static options => options.CircuitBreaker.MaxCalls);
        int? maxCallsPerTenant = scopes.OfService(static options => options.CircuitBreaker.MaxCallsPerTenant);
        return maxCalls is null && maxCallsPerTenant is null ? null : new CallLimits(service.FullName, maxCalls, live, maxCallsPerTenant, before);
    }

    /// <summary>These count from now on.</summary>
    public void Adopt()
    {
        if (Tenants is not null)
        {
            Tenants.Limit = tenantLimit;
        }
    }

    /// <summary>What is said when a limit is reached.</summary>
    public static RouterStatus Full(string reason, string service, int limit, string message) =>
        new RouterStatus(StatusCode.ResourceExhausted, reason, message)
            .With(ReasonKeys.Service, service)
            .With(ReasonKeys.Limit, limit.ToString(CultureInfo.InvariantCulture));

    /// <summary>Lets a call in.</summary>
    /// <param name="leg">The client.</param>
    /// <param name="tenant">What <see cref="Exit"/> takes when the call is over; null when tenants are not counted.</param>
    /// <param name="refusal">Why not. The call is then not counted, and there is nothing to exit.</param>
    /// <remarks>The call is among the service's live calls already.</remarks>
    public bool TryEnter(ClientLeg leg, out Tenant? tenant, out RouterStatus refusal)
    {
        tenant = null;
        refusal = default;
        if (maxCalls != int.MaxValue && live.Total > maxCalls)
        {
            refusal = serviceFull;
            return false;
        }

        if (Tenants is null)
        {
            return true;
        }

        tenant = Tenants.TryEnter(leg.Tenant ?? "");
        refusal = tenantFull;
        return tenant is not null;
    }

    /// <summary>The call is over.</summary>
    public void Exit(Tenant? tenant)
    {
        if (tenant is not null)
        {
            Tenants!.Exit(tenant);
        }
    }

    /// <summary>Lets go of tenants without calls.</summary>
    public void OnTick() => Tenants?.Sweep();
}
