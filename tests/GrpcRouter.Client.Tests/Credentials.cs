namespace GrpcRouter.Client.Tests;

/// <summary>Call credentials that wait, on a channel that sends them without TLS.</summary>
internal sealed record Credentials(Task Ready)
{
    public RouterChannelOptions Options { get; } = new() { UnsafeUseInsecureChannelCallCredentials = true };

    public CallCredentials Call { get; } = CallCredentials.FromInterceptor((context, _) => Ready.WaitAsync(context.CancellationToken));
}
