using System.Collections.Concurrent;

namespace GrpcRouter;

/// <summary>Keeps one channel to one router: dials, waits for its end, waits a while, dials again.</summary>
internal sealed class ChannelDialer(BridgeRuntime bridge, Uri router, int stripe)
{
    private readonly ReconnectBackoff backoff = new(bridge.Options, bridge.NextRandom);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<RegistrationChannel, Task> channels = new();
    private RegistrationChannel? current;
    private Task running = Task.CompletedTask;

    /// <summary>Told each time a channel has been registered.</summary>
    public required Action OnRegistered { get; init; }

    public bool IsRegistered => Volatile.Read(ref current) is { IsServing: true };

    public int LiveCalls => channels.Keys.Sum(static channel => channel.LiveCalls);

    public int LiveHandlers => channels.Keys.Sum(static channel => channel.LiveHandlers);

    public void Start() => running = Task.Run(DialForEverAsync);

    /// <summary>Dials no more, drains the channels and closes them.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken hurry)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        await Task.WhenAll(channels.Keys
            .Where(static channel => channel.IsServing)
            .Select(channel => channel.DrainAsync(grace, hurry))).ConfigureAwait(false);
        await Task.WhenAll(channels.Values).ConfigureAwait(false);
    }

    private async Task DialForEverAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan wait = await ServeOneAsync().ConfigureAwait(false);
            try
            {
                await Task.Delay(wait, bridge.Time, stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Runs one channel and gives the wait before the next.</summary>
    private async Task<TimeSpan> ServeOneAsync()
    {
        RegistrationChannel channel = new(bridge, router, stripe);
        BridgeLog.Dialing(bridge.Log, bridge.Service.FullName, router, stripe);
        Task<ChannelEnd> served = channel.RunAsync(stopping.Token);
        channels[channel] = served;
        _ = ForgetAsync(channel, served);
        Volatile.Write(ref current, channel);
        await Task.WhenAny(channel.Registered, served).ConfigureAwait(false);
        if (channel.Registered.IsCompletedSuccessfully)
        {
            OnRegistered();
            await Task.WhenAny(served, channel.DrainRequested, WhenStoppingAsync()).ConfigureAwait(false);
            if (stopping.IsCancellationRequested)
            {
                return TimeSpan.Zero;
            }
        }

        if (!served.IsCompleted)
        {
            BridgeLog.RouterDrains(bridge.Log, bridge.Service.FullName, router, stripe);
            _ = channel.RetireAsync();
            return backoff.Next(ChannelEndKind.Lost, channel.Lived);
        }

        ChannelEnd end = await served.ConfigureAwait(false);
        TimeSpan wait = backoff.Next(end.Kind, channel.Lived);
        if (end.Kind == ChannelEndKind.Refused)
        {
            BridgeLog.Refused(bridge.Log, bridge.Service.FullName, router, stripe, end.Reason, wait, end.Error);
        }
        else if (end.Kind == ChannelEndKind.Lost)
        {
            BridgeLog.Lost(bridge.Log, bridge.Service.FullName, router, stripe, end.Reason, wait);
        }

        return wait;
    }

    private async Task WhenStoppingAsync() =>
        await Task.Delay(Timeout.InfiniteTimeSpan, bridge.Time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ForgetAsync(RegistrationChannel channel, Task served)
    {
        await served.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        channels.TryRemove(channel, out _);
    }
}
