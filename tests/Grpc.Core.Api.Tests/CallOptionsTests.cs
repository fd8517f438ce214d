namespace Grpc.Core.Api.Tests;

public sealed class CallOptionsTests
{
    private static readonly DateTime Deadline = new(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public void Options_start_empty()
    {
        CallOptions options = new();

        Assert.Null(options.Headers);
        Assert.Null(options.Deadline);
        Assert.Null(options.WriteOptions);
        Assert.Null(options.PropagationToken);
        Assert.Null(options.Credentials);
        Assert.False(options.IsWaitForReady);
        Assert.False(options.CancellationToken.CanBeCanceled);
    }

    [Fact]
    public void A_changed_copy_keeps_everything_else()
    {
        using CancellationTokenSource source = new();
        Metadata headers = [];
        WriteOptions write = new(WriteFlags.NoCompress);
        var credentials = CallCredentials.FromInterceptor((_, _) => Task.CompletedTask);

        var options = new CallOptions()
            .WithHeaders(headers)
            .WithDeadline(Deadline)
            .WithCancellationToken(source.Token)
            .WithWriteOptions(write)
            .WithCredentials(credentials)
            .WithWaitForReady();

        Assert.Same(headers, options.Headers);
        Assert.Equal(Deadline, options.Deadline);
        Assert.Equal(source.Token, options.CancellationToken);
        Assert.Same(write, options.WriteOptions);
        Assert.Same(credentials, options.Credentials);
        Assert.True(options.IsWaitForReady);
        Assert.False(options.WithWaitForReady(false).IsWaitForReady);
    }

    [Fact]
    public void A_copy_leaves_the_original_as_it_is()
    {
        CallOptions options = new();
        _ = options.WithDeadline(Deadline);

        Assert.Null(options.Deadline);
    }
}
