using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>The authorities that a peer's certificate must come from, all of them alike.</summary>
internal sealed class TrustBundle : CertificateMaterial
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2Collection roots;
    private readonly X509Certificate2Collection others;

    private TrustBundle(X509Certificate2Collection certificates, string version)
        : base(version)
    {
        roots = [.. certificates.Where(IsRoot)];
        others = [.. certificates.Where(static certificate => !IsRoot(certificate))];
        Watched = [.. roots];
    }

    public override IReadOnlyList<X509Certificate2> Watched { get; }

    public override string Description => string.Join("; ", roots.Select(static root => $"{root.Subject}, until {root.NotAfter.ToUniversalTime():u}"));

    /// <exception cref="CertificateException">There is no root, or a certificate is not whole.</exception>
    public static TrustBundle Read(byte[] file, string version) =>
        From(Pem.Is(file) ? Pem.ReadCertificates(Pem.Text(file)) : throw new CertificateException("it holds no PEM certificate"), version);

    /// <exception cref="CertificateException">There is no root.</exception>
    public static TrustBundle From(X509Certificate2Collection certificates, string version) =>
        certificates.Any(IsRoot) ? new TrustBundle(certificates, version) : throw new CertificateException("it holds no root certificate, so nothing could be trusted");

    /// <summary>How clients' certificates are judged.</summary>
    public X509ChainPolicy ForClients(X509RevocationMode revocation) => Policy(revocation, ClientAuthentication);

    /// <summary>How servers' certificates are judged.</summary>
    public X509ChainPolicy ForServers(X509RevocationMode revocation) => Policy(revocation, ServerAuthentication);

    /// <summary>How certificates are judged where there is no authority: none holds.</summary>
    public static X509ChainPolicy Nobody() => new() { TrustMode = X509ChainTrustMode.CustomRootTrust, DisableCertificateDownloads = true };

    private X509ChainPolicy Policy(X509RevocationMode revocation, Oid purpose)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = revocation,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,

            // What a peer's certificate points to is not fetched before the peer is known.
            DisableCertificateDownloads = true,
            ApplicationPolicy = { purpose },
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ExtraStore.AddRange(others);
        return policy;
    }

    private static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
