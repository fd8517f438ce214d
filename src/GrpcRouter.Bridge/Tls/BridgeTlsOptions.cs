using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>TLS to routers at https addresses: how they prove who they are, and how the instance does.</summary>
public sealed class BridgeTlsOptions
{
    /// <summary>
    /// The instance's certificate, for routers that ask for one. When another takes its place, channels are renewed: calls on the old ones go on there to their end. Default:
    /// not set.
    /// </summary>
    public CertificateOptions Certificate { get; set; } = new();

    /// <summary>The authorities of routers' certificates, in place of the machine's own. Default: not set.</summary>
    public TrustOptions Trust { get; set; } = new();

    /// <summary>Whether certificate authorities are asked if they have revoked a router's certificate. Default: they are not.</summary>
    public X509RevocationMode Revocation { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>The name that a router's certificate must be for, and that the router is asked for (<c>:authority</c>), in place of the one in its address. Default null: the address's.</summary>
    public string? ServerName { get; set; }

    /// <summary>The oldest version of TLS that is spoken. Default: TLS 1.3.</summary>
    public TlsVersion MinVersion { get; set; } = TlsVersion.Tls13;

    /// <summary>How often certificates are looked at. A change of their files is mostly noticed at once. 100 ms to 30 days; default 30 s.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time before a certificate's expiry from which its health check is Degraded, at most a third of what it is valid for. Zero to 10,000 days; default 7 days.</summary>
    public TimeSpan ExpiryDegraded { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Time before a certificate's expiry from which its health check fails, at most a third of what it is valid for. Zero to 10,000 days; default zero: when it has expired.</summary>
    public TimeSpan ExpiryUnhealthy { get; set; }

    /// <summary>
    /// Takes any certificate a router shows: whoever is in between can read the calls, change them and answer in the instance's place. For tests alone; each dial warns of it.
    /// Default false.
    /// </summary>
    public bool DangerousAcceptAnyServerCertificate { get; set; }

    internal BridgeTlsOptions Copy()
    {
        BridgeTlsOptions copy = (BridgeTlsOptions)MemberwiseClone();
        copy.Certificate = Certificate.Copy();
        copy.Trust = Trust.Copy();
        return copy;
    }
}
