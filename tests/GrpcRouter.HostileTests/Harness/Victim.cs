using Grpc.Net.Client;

namespace GrpcRouter.HostileTests;

/// <summary>An honest client that calls without a pause while others attack, and expects every answer.</summary>
internal sealed class Victim : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly GrpcChannel channel;
    private readonly CancellationTokenSource stop = new();
    private readonly Task calling;
    private int answers;

    public Victim(GrpcChannel channel)
    {
        this.channel = channel;
        calling = CallAsync();
    }

    /// <summary>Calls that were answered so far.</summary>
    public int Answers => Volatile.Read(ref answers);

    /// <summary>Waits for answers to calls that begin from now on, and fails when one fails.</summary>
    public async Task IsServedAsync()
    {
        int goal = Answers + 20;
        await Until.TrueAsync(() => Answers >= goal || calling.IsCompleted, "The honest client waits.");
        Assert.False(calling.IsCompleted, $"The honest client was not served: {calling.Exception}");
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await calling.Soon("The honest client's last call waits.");
        channel.Dispose();
        stop.Dispose();
    }

    private async Task CallAsync()
    {
        Neighbour.NeighbourClient client = new(channel);
        while (!stop.IsCancellationRequested)
        {
            int number = Answers;
            Chunk answer = await client.AskAsync(new Chunk { Number = number }, deadline: DateTime.UtcNow + Deadline);
            Assert.Equal(number, answer.Number);
            Interlocked.Increment(ref answers);
        }
    }
}
