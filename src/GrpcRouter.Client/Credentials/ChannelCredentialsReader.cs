using Grpc.Core;

namespace GrpcRouter;

/// <summary>Takes channel credentials apart: checks them against the address and collects the call credentials in them.</summary>
internal sealed class ChannelCredentialsReader(bool secureAddress) : ChannelCredentialsConfiguratorBase
{
    private readonly List<AsyncAuthInterceptor> _interceptors = [];

    public static IReadOnlyList<AsyncAuthInterceptor> Read(ChannelCredentials? credentials, bool secureAddress)
    {
        ChannelCredentialsReader reader = new(secureAddress);
        credentials?.InternalPopulateConfiguration(reader, reader);
        return reader._interceptors;
    }

    public override void SetInsecureCredentials(object? state)
    {
        if (secureAddress)
        {
            throw new InvalidOperationException("Plain text credentials contradict an https address.");
        }
    }

    public override void SetSslCredentials(object? state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback)
    {
        if (!secureAddress)
        {
            throw new InvalidOperationException("TLS credentials contradict an http address.");
        }

        if (rootCertificates is not null || keyCertificatePair is not null || verifyPeerCallback is not null)
        {
            throw new InvalidOperationException("Roots, client certificates and peer checks are set on RouterChannelOptions.HttpHandler.");
        }
    }

    public override void SetCompositeCredentials(object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        channelCredentials.InternalPopulateConfiguration(this, this);
        _interceptors.AddRange(CallCredentialsReader.Read(callCredentials));
    }
}
