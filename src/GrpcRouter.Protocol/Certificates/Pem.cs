using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GrpcRouter;

/// <summary>Reads text encodings of certificates (RFC 7468).</summary>
internal static class Pem
{
    private const string Begin = "-----BEGIN ";
    private const string BeginCertificate = "-----BEGIN CERTIFICATE-----";

    public static bool Is(byte[] file) => file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Begin)) >= 0;

    public static string Text(byte[] file) => Encoding.UTF8.GetString(file);

    /// <summary>Reads all certificates, in their order.</summary>
    /// <exception cref="CertificateException">One is not whole: the file is still being written.</exception>
    public static X509Certificate2Collection ReadCertificates(string text)
    {
        X509Certificate2Collection certificates = [];
        certificates.ImportFromPem(text);
        int begun = text.Split(BeginCertificate).Length - 1;
        return certificates.Count == begun
            ? certificates
            : throw new CertificateException($"{begun} certificates begin in it, and {certificates.Count} are whole");
    }
}
