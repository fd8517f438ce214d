using Grpc.Core;

namespace GrpcRouter;

/// <summary>What every call of a channel has in common.</summary>
internal sealed record CallSettings(
    MessageLimits Limits,
    MessageEncodings Encodings,
    IReadOnlyList<AsyncAuthInterceptor> ChannelCredentials,
    bool SendsCallCredentials,
    bool ThrowsOperationCanceled,
    TimeProvider Time)
{
    public static CallSettings From(RouterChannelOptions options, bool secure)
    {
        var sendsCallCredentials = secure || options.UnsafeUseInsecureChannelCallCredentials;
        var channelCredentials = ChannelCredentialsReader.Read(options.Credentials, secure);
        return new(
            MessageLimits.From(options),
            new MessageEncodings(options.CompressionProviders ?? [new GzipCompressionProvider()]),
            sendsCallCredentials ? channelCredentials : [],
            sendsCallCredentials,
            options.ThrowOperationCanceledOnCancellation,
            options.TimeProvider);
    }
}
