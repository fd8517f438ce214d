using GrpcRouter;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the router to the application's health checks.</summary>
public static class GrpcRouterHealthChecksBuilderExtensions
{
    /// <summary>The tag of the readiness check.</summary>
    public const string ReadyTag = "ready";

    /// <summary>The tag of the liveness check.</summary>
    public const string LiveTag = "live";

    /// <summary>The tag of the check of certificates.</summary>
    public const string CertificatesTag = "certificates";

    /// <summary>
    /// Adds four checks. <c>grpcrouter-ready</c>, tagged <c>ready</c>, fails while the router drains, and after its start until each of
    /// <see cref="RouterOptions.ReadinessServices"/> had an instance, at most for <see cref="RouterOptions.ReadinessGrace"/>; later a service without instances makes it
    /// Degraded, which counts as ready. <c>grpcrouter-live</c>, tagged <c>live</c>, fails when the router does its work no more.
    /// <c>grpcrouter-configuration</c>, without a tag, is Degraded while the last change of the configuration was refused, and when the audit log cannot be written or has lost entries.
    /// <c>grpcrouter-certificates</c>, tagged <c>certificates</c>, is Degraded when a certificate of <see cref="RouterOptions.Tls"/> expires before long or a newer one cannot be used, and fails
    /// when one has expired (<see cref="TlsOptions.ExpiryDegraded"/>, <see cref="TlsOptions.ExpiryUnhealthy"/>).
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="failureStatus">What a check that fails reports. Default: Unhealthy.</param>
    public static IHealthChecksBuilder AddGrpcRouter(this IHealthChecksBuilder builder, HealthStatus? failureStatus = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<RouterReadinessCheck>();
        builder.Services.TryAddSingleton<RouterLivenessCheck>();
        builder.Services.TryAddSingleton<RouterConfigurationCheck>();
        builder.Services.TryAddSingleton<RouterCertificateCheck>();
        return builder
            .Add(new HealthCheckRegistration("grpcrouter-certificates", static provider => provider.GetRequiredService<RouterCertificateCheck>(), failureStatus, [CertificatesTag]))
            .Add(new HealthCheckRegistration("grpcrouter-ready", static provider => provider.GetRequiredService<RouterReadinessCheck>(), failureStatus, [ReadyTag]))
            .Add(new HealthCheckRegistration("grpcrouter-live", static provider => provider.GetRequiredService<RouterLivenessCheck>(), failureStatus, [LiveTag]))
            .Add(new HealthCheckRegistration("grpcrouter-configuration", static provider => provider.GetRequiredService<RouterConfigurationCheck>(), failureStatus, tags: null));
    }
}
