using System.Net.Security;

namespace GrpcRouter;

/// <summary>What a channel was dialed with.</summary>
/// <param name="Ssl">For the handshake.</param>
/// <param name="Certificate">Whom the instance said to be; null: it has no certificate.</param>
internal sealed record DialTerms(SslClientAuthenticationOptions Ssl, KeyedCertificate? Certificate)
{
    /// <summary>What came back.</summary>
    public RouterAnswer Answer { get; } = new();

    /// <summary>Without TLS there are none.</summary>
    public static DialTerms None { get; } = new(new SslClientAuthenticationOptions(), null);
}
