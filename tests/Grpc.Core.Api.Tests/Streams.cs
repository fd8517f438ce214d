using Echo;

namespace Grpc.Core.Api.Tests;

internal sealed class ListReader(params string[] texts) : IAsyncStreamReader<Words>
{
    private int _next;

    public Words Current => new() { Text = texts[_next - 1] };

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_next++ < texts.Length);
    }
}

internal sealed class ListWriter : IServerStreamWriter<Words>, IClientStreamWriter<Words>
{
    public List<string> Texts { get; } = [];

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(Words message)
    {
        Texts.Add(message.Text);
        return Task.CompletedTask;
    }

    public Task CompleteAsync() => Task.CompletedTask;
}
