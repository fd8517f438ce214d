using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcRouter;

/// <summary>
/// Whether the router should get calls. It waits for first instances only for a time, because they may come through the very load balancer that asks; and not for
/// those that come back, because a router that is taken out for want of them would keep them out.
/// </summary>
internal sealed class RouterReadinessCheck(RouterHub hub) : IHealthCheck
{
    private readonly ConcurrentDictionary<ServiceRouter, Task> firstInstances = new();

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        HealthStatus failure = context.Registration.FailureStatus;
        List<ServiceRouter> routers = [.. hub.Routers];
        Dictionary<string, object> data = routers.ToDictionary(static router => router.Service.FullName, static object (router) => router.Instances.Count, StringComparer.Ordinal);
        if (hub.Draining)
        {
            return Task.FromResult(new HealthCheckResult(failure, "The router is draining.", data: data));
        }

        IList<string> asked = hub.Options.ReadinessServices;
        List<ServiceRouter> missing = [.. routers.Where(router => (asked.Count == 0 || asked.Contains(router.Service.FullName)) && !router.IsServing)];
        bool fresh = missing.Exists(router => !FirstInstance(router).IsCompleted) && hub.Uptime < hub.Options.ReadinessGrace;
        string text = $"No instance takes calls of {string.Join(", ", missing.Select(static router => router.Service.FullName))}.";
        return Task.FromResult(
            missing.Count == 0 ? HealthCheckResult.Healthy("All services have instances.", data)
            : fresh ? new HealthCheckResult(failure, text, data: data)
            : HealthCheckResult.Degraded(text, data: data));
    }

    /// <summary>Begins to look out for first instances.</summary>
    public void Watch()
    {
        foreach (ServiceRouter router in hub.Routers)
        {
            _ = FirstInstance(router);
        }
    }

    private Task FirstInstance(ServiceRouter router) =>
        firstInstances.GetOrAdd(router, static (router, token) => router.WaitForInstancesAsync(1, token), hub.StoppingToken);
}
