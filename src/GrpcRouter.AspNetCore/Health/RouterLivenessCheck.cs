using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcRouter;

/// <summary>Whether the router's process does its work, rather than needing a restart. Draining, or without instances, it is as alive as ever.</summary>
internal sealed class RouterLivenessCheck(RouterHub hub) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(hub.IsAlive
            ? HealthCheckResult.Healthy("The router works.")
            : new HealthCheckResult(context.Registration.FailureStatus, "The router has not looked after its channels for too long."));
}
