using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>Certificates that code gives.</summary>
internal sealed class CertificateCallback<T>(
    Func<CancellationToken, ValueTask<X509Certificate2Collection>> provider, Func<X509Certificate2Collection, string, T> take) : CertificateSource<T>
    where T : CertificateMaterial
{
    public override string Name => "the callback";

    public override async ValueTask<T> ReadAsync(T? known, CancellationToken cancellationToken)
    {
        X509Certificate2Collection certificates = await provider(cancellationToken).ConfigureAwait(false);
        string version = string.Join(' ', certificates.Select(static certificate => certificate.Thumbprint));
        return known?.Version == version ? known : take(certificates, version);
    }
}
