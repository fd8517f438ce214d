using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>
/// TLS of the router's https endpoints: its certificate, and whether those who connect, instances and clients alike, show one. Certificates are taken anew while the router
/// runs: connections that are open go on as they are.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>The router's certificate, for https endpoints that name none of their own. Default: not set; then an endpoint's certificate is Kestrel's business.</summary>
    public CertificateOptions Certificate { get; set; } = new();

    /// <summary>
    /// Whether those who connect show a certificate. It applies to all https endpoints that do not say otherwise themselves. Default null: <see cref="ClientCertificates.Require"/>
    /// where <see cref="ClientTrust"/> is set, otherwise <see cref="ClientCertificates.None"/>.
    /// </summary>
    public ClientCertificates? ClientCertificates { get; set; }

    /// <summary>
    /// The authorities of clients' certificates; the machine's own are not asked. Default: not set; where client certificates are asked for nevertheless, <c>ca.crt</c> in the
    /// <see cref="CertificateOptions.Directory"/> of the certificate.
    /// </summary>
    public TrustOptions ClientTrust { get; set; } = new();

    /// <summary>Whether certificate authorities are asked if they have revoked a client's certificate. Default: they are not.</summary>
    public X509RevocationMode ClientRevocation { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>
    /// Takes any certificate a client shows, whoever issued it, expired or not: whoever can connect can then be anyone. For tests alone; it is warned of at the start. Default false.
    /// </summary>
    public bool DangerousAcceptAnyClientCertificate { get; set; }

    /// <summary>The oldest version of TLS that is spoken, where an endpoint does not say it itself. Default: TLS 1.3.</summary>
    public TlsVersion MinVersion { get; set; } = TlsVersion.Tls13;

    /// <summary>How often certificates are looked at. A change of their files is mostly noticed at once. 100 ms to 30 days; default 30 s.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time before a certificate's expiry from which the health check is Degraded, at most a third of what it is valid for. Zero to 10,000 days; default 7 days.
    /// </summary>
    public TimeSpan ExpiryDegraded { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Time before a certificate's expiry from which the health check fails, at most a third of what it is valid for. Zero to 10,000 days; default zero: when it has expired.</summary>
    public TimeSpan ExpiryUnhealthy { get; set; }

    /// <summary>
    /// Says that endpoints without TLS are meant, on addresses that others can reach too, because something else encrypts, such as a service mesh. Otherwise they are warned of at
    /// the start. Default false.
    /// </summary>
    public bool CleartextIsMeant { get; set; }

    /// <summary>Whether clients' certificates are asked for, whatever has been left open.</summary>
    internal ClientCertificates EffectiveClientCertificates =>
        ClientCertificates ?? (ClientTrust.IsSet ? GrpcRouter.ClientCertificates.Require : GrpcRouter.ClientCertificates.None);
}
