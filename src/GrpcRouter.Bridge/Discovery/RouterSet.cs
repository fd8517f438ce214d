namespace GrpcRouter;

/// <summary>The routers that the bridge knows, each with the dialers of its channels, and those that it is about to leave.</summary>
internal sealed class RouterSet(BridgeRuntime bridge)
{
    private readonly Lock gate = new();
    private readonly Dictionary<RouterTarget, ChannelDialer[]> known = [];
    private readonly HashSet<ChannelDialer> leaving = [];
    private bool stopped;

    /// <summary>Told each time a channel has been registered.</summary>
    public required Action OnRegistered { get; init; }

    /// <summary>Told each time a channel has ended or is to be left.</summary>
    public required Action OnLost { get; init; }

    /// <summary>The dialers there are now.</summary>
    public ChannelDialer[] Dialers
    {
        get
        {
            lock (gate)
            {
                return [.. known.Values.SelectMany(static dialers => dialers), .. leaving];
            }
        }
    }

    /// <summary>Dials routers that are new, and leaves those that are missing.</summary>
    public void Apply(IReadOnlyCollection<RouterTarget> routers)
    {
        lock (gate)
        {
            if (stopped)
            {
                return;
            }

            foreach (RouterTarget gone in known.Keys.Except(routers).ToList())
            {
                BridgeLog.RouterGone(bridge.Log, bridge.Service.FullName, gone);
                known.Remove(gone, out ChannelDialer[]? dialers);
                foreach (ChannelDialer dialer in dialers!)
                {
                    leaving.Add(dialer);
                    _ = LeaveAsync(dialer);
                }
            }

            foreach (RouterTarget router in routers)
            {
                if (!known.ContainsKey(router))
                {
                    known[router] = [.. Enumerable.Range(0, bridge.Options.Stripes).Select(stripe => Start(router, stripe))];
                }
            }
        }
    }

    /// <summary>Leaves all routers.</summary>
    public Task StopAsync(TimeSpan grace, CancellationToken hurry)
    {
        lock (gate)
        {
            stopped = true;
        }

        return Task.WhenAll(Dialers.Select(dialer => dialer.StopAsync(DrainReasons.Stopping, grace, hurry)));
    }

    private ChannelDialer Start(RouterTarget router, int stripe)
    {
        ChannelDialer dialer = new(bridge, router, stripe) { OnRegistered = OnRegistered, OnLost = OnLost };
        dialer.Start();
        return dialer;
    }

    // Running calls may take as long as they like: the instance is not leaving, only this way to it.
    private async Task LeaveAsync(ChannelDialer dialer)
    {
        await Task.Yield();
        await dialer.StopAsync(DrainReasons.RouterGone, Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
        lock (gate)
        {
            leaving.Remove(dialer);
        }
    }
}
