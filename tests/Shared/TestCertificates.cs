using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter.Tests;

/// <summary>A certificate authority that lives as long as a test, and the certificates it issues.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly List<X509Certificate2> issued = [];

    /// <param name="name">Names the authority.</param>
    public TestCertificates(string name = "test authority")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Authority = request.CreateSelfSigned(now.AddDays(-30), now.AddYears(50));
    }

    /// <summary>The authority's certificate, with its private key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>Issues a server's certificate for localhost and the loopback addresses.</summary>
    public X509Certificate2 Server() => Issue("CN=localhost", static names =>
    {
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
    });

    /// <summary>Issues a client's certificate with a SPIFFE id.</summary>
    public X509Certificate2 Workload(string spiffeId, DateTimeOffset? begins = null, DateTimeOffset? ends = null) =>
        Issue("", names => names.AddUri(new Uri(spiffeId)), begins, ends);

    /// <summary>Issues a certificate.</summary>
    /// <param name="subject">Its subject, such as <c>CN=greeter</c>.</param>
    /// <param name="names">Adds subject alternative names; null: there are none.</param>
    /// <param name="begins">Its first moment; null: yesterday.</param>
    /// <param name="ends">Its last; null: a year from now.</param>
    /// <param name="extend">Adds other extensions.</param>
    public X509Certificate2 Issue(
        string subject,
        Action<SubjectAlternativeNameBuilder>? names = null,
        DateTimeOffset? begins = null,
        DateTimeOffset? ends = null,
        Action<CertificateRequest>? extend = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        if (names is not null)
        {
            SubjectAlternativeNameBuilder builder = new();
            names(builder);
            request.CertificateExtensions.Add(builder.Build());
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        extend?.Invoke(request);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 bare = request.Create(Authority, begins ?? now.AddDays(-1), ends ?? now.AddYears(1), RandomNumberGenerator.GetBytes(16));
        using X509Certificate2 withKey = bare.CopyWithPrivateKey(key);

        // TLS wants a key that does not live in this object alone on some platforms.
        X509Certificate2 result = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
        issued.Add(result);
        return result;
    }

    /// <summary>The certificate was issued by this authority, and is good now.</summary>
    public bool IsGood(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    public void Dispose()
    {
        issued.ForEach(static certificate => certificate.Dispose());
        Authority.Dispose();
    }
}
