using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>
/// Where a certificate and its private key come from: files, which are read again when they change, or a callback. What cannot be used is logged and counted, and the
/// certificate before it stays in use.
/// </summary>
public sealed class CertificateOptions
{
    /// <summary>
    /// File of the certificate: PEM, with the intermediate certificates after it and perhaps the key, or PKCS#12 (<c>.pfx</c>) with all of them. Relative to
    /// <see cref="Directory"/> where that is set. Default null: none, or <c>tls.crt</c> in the directory.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// PEM file of the private key; it may be encrypted. Relative to <see cref="Directory"/> where that is set. Default null: <c>tls.key</c> in the directory where that is
    /// all that is set, otherwise the file of the certificate.
    /// </summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the PKCS#12 file or of the encrypted key. Default null: there is none.</summary>
    [Sensitive]
    public string? Password { get; set; }

    /// <summary>
    /// Folder that an agent rewrites, such as a mounted Kubernetes secret of type <c>kubernetes.io/tls</c> with <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c>. Default
    /// null: paths stand for themselves.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Gives the certificate instead of files, each time that files would be looked at: the first with a private key, and its intermediates. They are used for as long as they are
    /// given, so they must not be disposed. Default null: files.
    /// </summary>
    public Func<CancellationToken, ValueTask<X509Certificate2Collection>>? Provider { get; set; }

    internal bool IsSet => Provider is not null || Path is not null || Directory is not null;

    internal CertificateOptions Copy() => (CertificateOptions)MemberwiseClone();
}
