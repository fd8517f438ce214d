using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter.Bench;

/// <summary>A certificate for this run alone, in the files that the servers want.</summary>
internal sealed record Certificate(string File, string KeyFile, string BothFile)
{
    public static Certificate Make(string folder)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));

        Certificate certificate = new(Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"), Path.Combine(folder, "both.pem"));
        System.IO.File.WriteAllText(certificate.File, made.ExportCertificatePem());
        System.IO.File.WriteAllText(certificate.KeyFile, key.ExportPkcs8PrivateKeyPem());
        System.IO.File.WriteAllText(certificate.BothFile, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
