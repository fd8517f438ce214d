namespace Grpc.Core;

/// <summary>TLS on the client's side.</summary>
public sealed class SslCredentials : ChannelCredentials
{
    /// <summary>TLS with the machine's trusted roots.</summary>
    public SslCredentials()
        : this(null, null, null)
    {
    }

    /// <summary>TLS with given roots.</summary>
    /// <param name="rootCertificates">Trusted roots as PEM.</param>
    public SslCredentials(string rootCertificates)
        : this(rootCertificates, null, null)
    {
    }

    /// <summary>TLS with given roots and a client certificate.</summary>
    /// <param name="rootCertificates">Trusted roots as PEM.</param>
    /// <param name="keyCertificatePair">The client's certificate.</param>
    public SslCredentials(string rootCertificates, KeyCertificatePair keyCertificatePair)
        : this(rootCertificates, keyCertificatePair, null)
    {
    }

    /// <summary>TLS with given roots, a client certificate and a further check.</summary>
    /// <param name="rootCertificates">Trusted roots as PEM; null for the machine's.</param>
    /// <param name="keyCertificatePair">The client's certificate; null for none.</param>
    /// <param name="verifyPeerCallback">The further check of the peer; null for none.</param>
    public SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback)
    {
        RootCertificates = rootCertificates;
        KeyCertificatePair = keyCertificatePair;
        VerifyPeerCallback = verifyPeerCallback;
    }

    /// <summary>Trusted roots as PEM; null for the machine's.</summary>
    public string? RootCertificates { get; }

    /// <summary>The client's certificate; null for none.</summary>
    public KeyCertificatePair? KeyCertificatePair { get; }

    private VerifyPeerCallback? VerifyPeerCallback { get; }

    internal override bool IsComposable => true;

    /// <inheritdoc/>
    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state) =>
        configurator.SetSslCredentials(state, RootCertificates, KeyCertificatePair, VerifyPeerCallback);
}
