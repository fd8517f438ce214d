using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcRouter;

/// <summary>
/// Whether the router runs by what is configured, and writes its audit log. It is degraded rather than unhealthy when not: it serves its calls, and to take it out would help nobody.
/// </summary>
internal sealed class RouterConfigurationCheck(IRouterConfiguration configuration, RouterHub hub) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        RouterConfigurationState state = configuration.State;
        Dictionary<string, object> data = new(StringComparer.Ordinal) { ["version"] = state.Version, ["hash"] = state.Hash };
        return Task.FromResult(
            state.Refused is { } refused ? HealthCheckResult.Degraded($"The configuration has changed and was refused: {ReloadText.Line(refused.Errors, " ")}", data: data)
            : hub.Audit is AuditLog { IsFailing: true } ? HealthCheckResult.Degraded("The audit log cannot be written.", data: data)
            : hub.Audit is AuditLog { Lost: > 0 and long lost } ? HealthCheckResult.Degraded($"The audit log has lost {lost} entries.", data: data)
            : HealthCheckResult.Healthy("The router runs by what is configured.", data));
    }
}
