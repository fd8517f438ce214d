namespace Grpc.Core.Api.Tests;

public sealed class CredentialsTests
{
    private static readonly AsyncAuthInterceptor Nothing = static (_, _) => Task.CompletedTask;

    [Fact]
    public void Joined_call_credentials_show_their_parts_in_order()
    {
        var first = CallCredentials.FromInterceptor(Nothing);
        var second = CallCredentials.FromInterceptor(Nothing);
        CallParts parts = new();
        CallCredentials.Compose(first, second).InternalPopulateConfiguration(parts, "state");

        Assert.Equal([first, second], parts.Composite!);
        Assert.Equal("state", parts.State);
    }

    [Fact]
    public void Call_credentials_show_their_delegate()
    {
        CallParts parts = new();
        CallCredentials.FromInterceptor(Nothing).InternalPopulateConfiguration(parts, null);

        Assert.Same(Nothing, parts.Interceptor);
    }

    [Fact]
    public void A_single_part_cannot_be_joined() =>
        Assert.Throws<ArgumentException>(() => CallCredentials.Compose(CallCredentials.FromInterceptor(Nothing)));

    [Fact]
    public void Channel_credentials_show_what_they_are()
    {
        var call = CallCredentials.FromInterceptor(Nothing);
        ChannelParts parts = new();
        ChannelCredentials.Insecure.InternalPopulateConfiguration(parts, null);
        new SslCredentials("roots", new("chain", "key")).InternalPopulateConfiguration(parts, null);
        ChannelCredentials.Create(ChannelCredentials.SecureSsl, call).InternalPopulateConfiguration(parts, null);

        Assert.Equal(["insecure", "ssl roots chain key", "composite"], parts.Seen);
        Assert.Same(call, parts.Call);
    }

    [Fact]
    public void Plain_text_channels_cannot_carry_call_credentials() =>
        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(ChannelCredentials.Insecure, CallCredentials.FromInterceptor(Nothing)));

    private sealed class CallParts : CallCredentialsConfiguratorBase
    {
        public object? State { get; private set; }

        public IReadOnlyList<CallCredentials>? Composite { get; private set; }

        public AsyncAuthInterceptor? Interceptor { get; private set; }

        public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials) =>
            (State, Composite) = (state, credentials);

        public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) =>
            (State, Interceptor) = (state, interceptor);
    }

    private sealed class ChannelParts : ChannelCredentialsConfiguratorBase
    {
        public List<string> Seen { get; } = [];

        public CallCredentials? Call { get; private set; }

        public override void SetInsecureCredentials(object? state) => Seen.Add("insecure");

        public override void SetSslCredentials(object? state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback) =>
            Seen.Add($"ssl {rootCertificates} {keyCertificatePair?.CertificateChain} {keyCertificatePair?.PrivateKey}");

        public override void SetCompositeCredentials(object? state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
        {
            Seen.Add("composite");
            Call = callCredentials;
        }
    }
}
