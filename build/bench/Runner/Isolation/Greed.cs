namespace GrpcRouter.Bench;

/// <summary>Streams that pull as fast as they can, until they are told to end.</summary>
internal sealed class Greed(int port, ServiceRequest request, int connections, int streams) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _pulling = Task.CompletedTask;

    public async Task StartAsync()
    {
        await PullAsync();
        _pulling = Task.Run(async () =>
        {
            while (!_end.IsCancellationRequested)
            {
                await PullAsync();
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _pulling;
        _end.Dispose();
    }

    private Task PullAsync() => H2Load.WarmUpAsync(new H2LoadRequest(port, request) { Calls = connections * streams * 2, Connections = connections, Streams = streams });
}
