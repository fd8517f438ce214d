using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>The certificates of a process's bridges, as they are now.</summary>
internal sealed class BridgeCertificates : IDisposable
{
    private readonly BridgeTlsOptions options;
    private readonly TimeSpan patience;
    private readonly TimeProvider time;
    private readonly CertificateFeed<KeyedCertificate>? own;
    private readonly CertificateFeed<TrustBundle>? routers;

    public BridgeCertificates(BridgeOptions bridge, ILogger log)
    {
        options = bridge.Tls;
        patience = bridge.ConnectTimeout;
        time = bridge.TimeProvider;
        if (CertificateSources.Of(options.Certificate) is { } certificate)
        {
            own = new(CertificateUse.Client, certificate, options.ReloadInterval, bridge.TimeProvider, log, this);
        }

        if (CertificateSources.Of(options.Trust) is { } authorities)
        {
            routers = new(CertificateUse.ServerAuthorities, authorities, options.ReloadInterval, bridge.TimeProvider, log, this);
        }
    }

    /// <summary>What counts for a dial that begins now.</summary>
    /// <exception cref="CertificateException">There is nothing that could be used.</exception>
    public async ValueTask<DialTerms> GetAsync(CancellationToken cancellationToken)
    {
        // Both as they are now, for a rotation changes one after the other.
        KeyedCertificate? certificate = own is null ? null : await own.RefreshAsync(patience, cancellationToken).ConfigureAwait(false);
        TrustBundle? trust = routers is null ? null : await routers.RefreshAsync(patience, cancellationToken).ConfigureAwait(false);
        SslClientAuthenticationOptions ssl = new()
        {
            EnabledSslProtocols = options.MinVersion.AndLater(),
            ClientCertificateContext = certificate?.Context,
            CertificateRevocationCheckMode = options.Revocation,
            CertificateChainPolicy = trust?.ForServers(options.Revocation),
        };
        if (options.DangerousAcceptAnyServerCertificate)
        {
            ssl.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }

        return new DialTerms(ssl, certificate);
    }

    /// <summary>Completes when the instance's certificate is another one; null where it has none.</summary>
    public Task? Renewed(DialTerms terms) => own?.ChangedFrom(terms.Certificate);

    /// <summary>Judges them for the health check.</summary>
    public (CertificateCondition Condition, string Text) Judge() => CertificateHealth.Judge(
        new ICertificateFeed?[] { own, routers }.OfType<ICertificateFeed>(), time.GetUtcNow(), options.ExpiryDegraded, options.ExpiryUnhealthy);

    public void Dispose()
    {
        own?.Dispose();
        routers?.Dispose();
    }
}
