namespace Grpc.Core;

/// <summary>How a channel is secured.</summary>
public abstract class ChannelCredentials
{
    /// <summary>Plain text, without TLS.</summary>
    public static ChannelCredentials Insecure { get; } = new InsecureChannelCredentials();

    /// <summary>TLS with the machine's trusted roots.</summary>
    public static ChannelCredentials SecureSsl { get; } = new SslCredentials();

    internal virtual bool IsComposable => false;

    /// <summary>Adds call credentials to every call of a channel.</summary>
    /// <param name="channelCredentials">How the channel is secured; it must use TLS.</param>
    /// <param name="callCredentials">What is added to every call.</param>
    /// <exception cref="ArgumentException">The channel credentials cannot carry call credentials.</exception>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials) =>
        new CompositeChannelCredentials(channelCredentials, callCredentials);

    /// <summary>Shows a transport what the credentials are made of.</summary>
    /// <param name="configurator">The transport's side.</param>
    /// <param name="state">Passed through to the configurator.</param>
    public abstract void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object? state);
}
