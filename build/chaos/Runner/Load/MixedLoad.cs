using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>
/// Clients that make calls of all kinds, one after the other in each of many lines. What each line does follows from the seed.
/// </summary>
internal sealed class MixedLoad : IAsyncDisposable
{
    private const int Clients = 4;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly Ledger ledger;
    private readonly TimeProvider time;
    private readonly List<Client> clients = [];
    private readonly List<Task> lines = [];
    private volatile bool stopping;

    public MixedLoad(Ledger ledger, IReadOnlyList<string> routers, int seed, int lineCount, TimeProvider time)
    {
        this.ledger = ledger;
        this.time = time;
        for (int i = 0; i < Clients; i++)
        {
            clients.Add(new Client(routers, i));
        }

        for (int i = 0; i < lineCount; i++)
        {
            Random random = new(unchecked((seed * 7919) + i));
            Client client = clients[i % Clients];
            lines.Add(Task.Run(() => RunLineAsync(client, random)));
        }
    }

    /// <summary>Begins no more calls, and completes when those under way have ended.</summary>
    public Task StopAsync()
    {
        stopping = true;
        return Task.WhenAll(lines);
    }

    public async ValueTask DisposeAsync()
    {
        stopping = true;
        foreach (Client client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private async Task RunLineAsync(Client client, Random random)
    {
        while (!stopping)
        {
            CallRecord record = ledger.Begin(CallPlan.Next(random));
            await new CallRun(record, time).RunAsync(client);
            ledger.OnEnded(record);

            // A client whose call fails at once would otherwise make nothing but failures.
            if (record.Status == StatusCode.Unavailable)
            {
                await Task.Delay(LongestPause * random.NextDouble(), time);
            }
        }
    }
}
