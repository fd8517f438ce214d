using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>
/// The certificate authorities that peers' certificates must come from. Several are trusted side by side, as while a new one takes over from an old one. Files are read again when
/// they change; what cannot be used is logged and counted, and the authorities before it stay.
/// </summary>
public sealed class TrustOptions
{
    /// <summary>PEM file of root certificates, and intermediate ones if peers do not send them. Relative to <see cref="Directory"/> where that is set. Default null: none, or <c>ca.crt</c> in the directory.</summary>
    public string? Path { get; set; }

    /// <summary>Folder that an agent rewrites, such as a mounted Kubernetes secret. Default null: the path stands for itself.</summary>
    public string? Directory { get; set; }

    /// <summary>Gives the certificates instead of a file, each time that a file would be looked at. They must not be disposed while they are given. Default null: a file.</summary>
    public Func<CancellationToken, ValueTask<X509Certificate2Collection>>? Provider { get; set; }

    internal bool IsSet => Provider is not null || Path is not null || Directory is not null;

    internal TrustOptions Copy() => (TrustOptions)MemberwiseClone();
}
