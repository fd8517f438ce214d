using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter.Tests;

/// <summary>A certificate authority whose certificates go into files.</summary>
internal sealed class TestAuthority(string name) : IDisposable
{
    private readonly TestCertificates certificates = new(name);

    /// <summary>Its own certificate.</summary>
    public X509Certificate2 Root => certificates.Authority;

    /// <summary>Its own certificate as text.</summary>
    public string Pem => Root.ExportCertificatePem();

    /// <summary>Issues a certificate for servers and clients alike.</summary>
    /// <param name="subject">The common name.</param>
    /// <param name="host">The host that it is for; null: the loopback address.</param>
    /// <param name="from">When it begins; null: a day ago.</param>
    /// <param name="until">When it ends; null: in a year.</param>
    public X509Certificate2 Issue(string subject, string? host = null, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        certificates.Issue(
            $"CN={subject}",
            names =>
            {
                names.AddDnsName(host ?? "localhost");
                if (host is null)
                {
                    names.AddIpAddress(IPAddress.Loopback);
                }
            },
            from,
            until);

    public void Dispose() => certificates.Dispose();

    /// <summary>The private key of a certificate as text.</summary>
    public static string KeyPem(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }
}
