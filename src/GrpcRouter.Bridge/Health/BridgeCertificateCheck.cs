using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace GrpcRouter;

/// <summary>Whether the instance's certificate, and the authorities of its routers, are good for a while.</summary>
internal sealed class BridgeCertificateCheck(IEnumerable<IHostedService> hosted) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        BridgeCertificates? certificates = hosted.OfType<BridgeHost>().SingleOrDefault()?.Certificates;
        (CertificateCondition condition, string text) = certificates?.Judge() ?? (CertificateCondition.Good, "The bridge has not started.");
        return Task.FromResult(condition switch
        {
            CertificateCondition.Good => HealthCheckResult.Healthy(text),
            CertificateCondition.Degraded => HealthCheckResult.Degraded(text),
            _ => new HealthCheckResult(context.Registration.FailureStatus, text),
        });
    }
}
