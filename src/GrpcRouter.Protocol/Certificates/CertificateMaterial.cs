using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>Certificates that have been checked, ready for use. It does not change, and is never disposed: handshakes may be at it.</summary>
internal abstract class CertificateMaterial(string version)
{
    /// <summary>Tells what was read from what was read before.</summary>
    public string Version => version;

    /// <summary>The certificates whose expiry counts.</summary>
    public abstract IReadOnlyList<X509Certificate2> Watched { get; }

    /// <summary>What it is, for logs.</summary>
    public abstract string Description { get; }

    /// <summary>When the first of the certificates expires.</summary>
    public DateTimeOffset Expires => Watched.Min(static certificate => new DateTimeOffset(certificate.NotAfter));
}
