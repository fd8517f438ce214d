using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcRouter;

/// <summary>Whether the router's certificates, and the authorities of who connects, are good for a while.</summary>
internal sealed class RouterCertificateCheck(RouterCertificates certificates, TimeProvider? time = null) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        TlsOptions options = certificates.Options;
        (CertificateCondition condition, string text) = CertificateHealth.Judge(
            certificates.Feeds, (time ?? TimeProvider.System).GetUtcNow(), options.ExpiryDegraded, options.ExpiryUnhealthy);
        return Task.FromResult(condition switch
        {
            CertificateCondition.Good => HealthCheckResult.Healthy(text),
            CertificateCondition.Degraded => HealthCheckResult.Degraded(text),
            _ => new HealthCheckResult(context.Registration.FailureStatus, text),
        });
    }
}
