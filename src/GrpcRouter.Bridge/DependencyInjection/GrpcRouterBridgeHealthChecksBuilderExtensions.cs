using GrpcRouter;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the bridge to the application's health checks.</summary>
public static class GrpcRouterBridgeHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds <c>grpcrouter-bridge-certificates</c>, tagged <c>certificates</c>: Degraded when a certificate of <see cref="BridgeOptions.Tls"/> expires before long or a newer one
    /// cannot be used, and failing when one has expired (<see cref="BridgeTlsOptions.ExpiryDegraded"/>, <see cref="BridgeTlsOptions.ExpiryUnhealthy"/>). Having a tag, it does not
    /// count for what routers are told of the services.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="failureStatus">What the check reports when it fails. Default: Unhealthy.</param>
    public static IHealthChecksBuilder AddGrpcRouterBridge(this IHealthChecksBuilder builder, HealthStatus? failureStatus = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddTransient<BridgeCertificateCheck>();
        return builder.Add(new HealthCheckRegistration(
            "grpcrouter-bridge-certificates", static provider => provider.GetRequiredService<BridgeCertificateCheck>(), failureStatus, ["certificates"]));
    }
}
