using System.Security.Authentication;

namespace GrpcRouter;

/// <summary>Versions of TLS. Older ones are not spoken (RFC 8996, RFC 9113 section 9.2).</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 (RFC 5246).</summary>
    Tls12,

    /// <summary>TLS 1.3 (RFC 8446).</summary>
    Tls13,
}

internal static class TlsVersionExtensions
{
    /// <summary>The version and those after it.</summary>
    public static SslProtocols AndLater(this TlsVersion version) => version == TlsVersion.Tls12 ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.Tls13;
}
