namespace Grpc.Core;

/// <summary>A certificate chain with its private key, both as PEM.</summary>
public sealed class KeyCertificatePair
{
    /// <summary>Creates a pair.</summary>
    /// <param name="certificateChain">The chain as PEM.</param>
    /// <param name="privateKey">The key as PEM.</param>
    public KeyCertificatePair(string certificateChain, string privateKey)
    {
        ArgumentNullException.ThrowIfNull(certificateChain);
        ArgumentNullException.ThrowIfNull(privateKey);
        CertificateChain = certificateChain;
        PrivateKey = privateKey;
    }

    /// <summary>The chain as PEM.</summary>
    public string CertificateChain { get; }

    /// <summary>The key as PEM.</summary>
    public string PrivateKey { get; }
}
