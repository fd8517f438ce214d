using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>A certificate with its private key and what a peer needs to trace it to a root.</summary>
internal sealed class KeyedCertificate : CertificateMaterial
{
    private readonly X509Certificate2 leaf;

    private KeyedCertificate(X509Certificate2 leaf, X509Certificate2Collection others, string version)
        : base(version)
    {
        this.leaf = leaf;
        Context = SslStreamCertificateContext.Create(leaf, others, offline: true);
    }

    public override IReadOnlyList<X509Certificate2> Watched => [leaf];

    public override string Description => $"{leaf.Subject}, serial number {leaf.SerialNumber}, until {leaf.NotAfter.ToUniversalTime():u}";

    /// <summary>What handshakes take. One object for all of them keeps the sessions that clients may resume.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads files.</summary>
    /// <param name="certificate">PEM, or PKCS#12.</param>
    /// <param name="key">PEM; null where the certificate's file has the key.</param>
    /// <param name="password">Of the key.</param>
    /// <param name="version">Tells these files from others.</param>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    /// <exception cref="CryptographicException">They cannot be read.</exception>
    public static KeyedCertificate Read(byte[] certificate, byte[]? key, string? password, string version)
    {
        if (!Pem.Is(certificate))
        {
            X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12Collection(certificate, password);
            return From(all, version);
        }

        string text = Pem.Text(certificate);
        X509Certificate2Collection chain = Pem.ReadCertificates(text);
        if (chain.Count == 0)
        {
            throw new CertificateException("it holds no certificate");
        }

        string keyText = key is null ? text : Pem.Text(key);
        X509Certificate2 leaf = password is null ? X509Certificate2.CreateFromPem(text, keyText) : X509Certificate2.CreateFromEncryptedPem(text, keyText, password);
        chain.RemoveAt(0);
        return new KeyedCertificate(Usable(leaf), chain, version);
    }

    /// <summary>Takes certificates as they are.</summary>
    /// <exception cref="CertificateException">None has a private key that fits it.</exception>
    public static KeyedCertificate From(X509Certificate2Collection certificates, string version)
    {
        X509Certificate2 leaf = certificates.FirstOrDefault(static certificate => certificate.HasPrivateKey)
            ?? throw new CertificateException("no certificate has a private key");
        if (!KeyFits(leaf))
        {
            throw new CertificateException($"the key does not fit the certificate of {leaf.Subject}");
        }

        return new KeyedCertificate(leaf, [.. certificates.Where(certificate => !ReferenceEquals(certificate, leaf))], version);
    }

    // Windows uses no keys that are in memory alone.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null) : certificate;

    private static bool KeyFits(X509Certificate2 certificate)
    {
        byte[] data = [1];
        if (certificate.GetRSAPrivateKey() is { } rsa)
        {
            return certificate.GetRSAPublicKey()!.VerifyData(
                data, rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        }

        return certificate.GetECDsaPrivateKey() is not { } ecdsa
            || certificate.GetECDsaPublicKey()!.VerifyData(data, ecdsa.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256);
    }
}
