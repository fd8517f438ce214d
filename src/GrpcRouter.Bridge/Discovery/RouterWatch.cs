namespace GrpcRouter;

/// <summary>Keeps the set of routers to what all sources together say. A source that fails keeps what it said last.</summary>
internal sealed class RouterWatch
{
    private readonly BridgeRuntime bridge;
    private readonly RouterSet routers;
    private readonly List<RouterTarget> known = [];
    private readonly List<IRouterSource> sources = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly IReadOnlyList<RouterTarget>[] lists;
    private Task watching = Task.CompletedTask;

    public RouterWatch(BridgeRuntime bridge, RouterSet routers)
    {
        this.bridge = bridge;
        this.routers = routers;
        foreach (string text in bridge.Options.Routers)
        {
            RouterAddress.TryRead(text, bridge.Options.UseTls, out Uri? router, out bool isName);
            if (isName)
            {
                sources.Add(new DnsSource(router!, bridge.Options));
            }
            else
            {
                known.Add(new RouterTarget(router!));
            }
        }

        if (bridge.Options.RouterDiscovery is { } discovery)
        {
            sources.Add(new DiscoverySource(discovery));
        }

        lists = [.. sources.Select(static _ => Array.Empty<RouterTarget>())];
    }

    public void Start()
    {
        routers.Apply(known);
        watching = Task.WhenAll(sources.Select((source, index) => Task.Run(() => WatchAsync(source, index))));
    }

    /// <summary>A channel has ended.</summary>
    public void Hint() => sources.ForEach(static source => source.Hint());

    public async Task StopAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
    }

    private async Task WatchAsync(IRouterSource source, int index)
    {
        ReconnectBackoff backoff = new(bridge.Options, bridge.NextRandom);
        while (true)
        {
            Exception? failure = null;
            try
            {
                await foreach (IReadOnlyList<RouterTarget> list in source.WatchAsync(stopping.Token).ConfigureAwait(false))
                {
                    backoff = new ReconnectBackoff(bridge.Options, bridge.NextRandom);
                    Take(index, list);
                }
            }
            catch (Exception error)
            {
                failure = error;
            }

            if (stopping.IsCancellationRequested)
            {
                return;
            }

            TimeSpan wait = backoff.Next(ChannelEndKind.Lost, TimeSpan.Zero);
            BridgeLog.RoutersUnknown(bridge.Log, bridge.Service.FullName, source.Name, failure?.Message ?? "it has ended", wait, failure);
            await Task.Delay(wait, bridge.Time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Take(int index, IReadOnlyList<RouterTarget> list)
    {
        lock (gate)
        {
            lists[index] = list;
            routers.Apply([.. known, .. lists.SelectMany(static routers => routers)]);
        }
    }
}
