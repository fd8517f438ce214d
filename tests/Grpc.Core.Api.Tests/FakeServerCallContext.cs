namespace Grpc.Core.Api.Tests;

internal sealed class FakeServerCallContext : ServerCallContext
{
    public Metadata? SentHeaders { get; private set; }

    public ContextPropagationOptions? PropagationAskedWith { get; private set; }

    protected override string MethodCore => "/echo.Echoes/One";

    protected override string HostCore => "localhost";

    protected override string PeerCore => "ipv4:127.0.0.1:50051";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore { get; } = new() { { "k", "v" } };

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        SentHeaders = responseHeaders;
        return Task.CompletedTask;
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options)
    {
        PropagationAskedWith = options;
        throw new NotSupportedException();
    }
}
