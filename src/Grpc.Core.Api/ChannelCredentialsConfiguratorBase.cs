namespace Grpc.Core;

/// <summary>A transport's side of <see cref="ChannelCredentials.InternalPopulateConfiguration"/>.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>The channel is plain text.</summary>
    /// <param name="state">What the transport passed in.</param>
    public abstract void SetInsecureCredentials(object? state);

    /// <summary>The channel uses TLS.</summary>
    /// <param name="state">What the transport passed in.</param>
    /// <param name="rootCertificates">Trusted roots as PEM; null for the machine's.</param>
    /// <param name="keyCertificatePair">The client's certificate; null for none.</param>
    /// <param name="verifyPeerCallback">A further check of the peer; null for none.</param>
    public abstract void SetSslCredentials(object? state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback);

    /// <summary>The channel's credentials carry call credentials.</summary>
    /// <param name="state">What the transport passed in.</param>
    /// <param name="channelCredentials">How the channel is secured.</param>
    /// <param name="callCredentials">What is added to every call.</param>
    public abstract void SetCompositeCredentials(object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}
