using System.Collections.Concurrent;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>Keeps one channel to one router: dials, waits for its end, waits a while, dials again. Renews it before it ends where it can.</summary>
internal sealed class ChannelDialer(BridgeRuntime bridge, RouterTarget router, int stripe)
{
    private readonly ReconnectBackoff backoff = new(bridge.Options, bridge.NextRandom);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<RegistrationChannel, byte> channels = new();
    private RegistrationChannel? current;
    private Task running = Task.CompletedTask;

    /// <summary>Told each time a channel has been registered.</summary>
    public required Action OnRegistered { get; init; }

    /// <summary>Told each time a channel has ended or is to be left.</summary>
    public required Action OnLost { get; init; }

    public bool IsRegistered => Volatile.Read(ref current) is { IsServing: true };

    public int LiveCalls => channels.Keys.Sum(static channel => channel.LiveCalls);

    public int LiveHandlers => channels.Keys.Sum(static channel => channel.LiveHandlers);

    public void Start() => running = Task.Run(DialForEverAsync);

    /// <summary>Dials no more, drains the channels and closes them. Asked again, it may shorten the time.</summary>
    /// <param name="reason">For the router's operators.</param>
    /// <param name="grace">Time that running calls have; infinite: as long as they take.</param>
    /// <param name="hurry">Cuts the time short.</param>
    public async Task StopAsync(string reason, TimeSpan grace, CancellationToken hurry)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        RegistrationChannel[] open = [.. channels.Keys];
        await Task.WhenAll(open.Where(static channel => channel.IsServing).Select(channel => channel.DrainAsync(reason, grace, hurry))).ConfigureAwait(false);
        await Task.WhenAll(open.Select(static channel => channel.Served)).ConfigureAwait(false);
    }

    private async Task DialForEverAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            RegistrationChannel channel = await DialAsync(renews: false).ConfigureAwait(false);
            while (channel.IsRegistered && await ServeAsync(channel).ConfigureAwait(false) is { } successor)
            {
                channel = successor;
            }

            if (stopping.IsCancellationRequested)
            {
                return;
            }

            OnLost();
            TimeSpan wait = await JudgeAsync(channel).ConfigureAwait(false);
            await Task.Delay(wait, bridge.Time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Opens a channel, and gives it when it is registered or has ended before.</summary>
    private async Task<RegistrationChannel> DialAsync(bool renews)
    {
        RegistrationChannel channel = new(bridge, router, stripe, renews);
        BridgeLog.Dialing(bridge.Log, bridge.Service.FullName, router, stripe);
        channels[channel] = 0;
        channel.Open(stopping.Token);
        _ = ForgetAsync(channel);
        await Task.WhenAny(channel.Registered, channel.Served).ConfigureAwait(false);
        if (channel.IsRegistered)
        {
            Volatile.Write(ref current, channel);
            OnRegistered();
        }

        return channel;
    }

    /// <summary>Waits for what ends the service on a registered channel, and gives the one that has taken over, if there is one.</summary>
    private async Task<RegistrationChannel?> ServeAsync(RegistrationChannel channel)
    {
        using CancellationTokenSource serving = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        Task over = Task.WhenAny(channel.Served, channel.DrainRequested, WhenCanceledAsync(serving.Token));
        try
        {
            await Task.WhenAny(over, channel.RenewRequested, WhenAgedAsync(serving.Token), WhenOutdatedAsync(channel, serving.Token)).ConfigureAwait(false);
            return over.IsCompleted || serving.IsCancellationRequested ? null : await RenewAsync(channel, over, serving.Token).ConfigureAwait(false);
        }
        finally
        {
            await serving.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<RegistrationChannel?> RenewAsync(RegistrationChannel old, Task over, CancellationToken cancellationToken)
    {
        if (!old.CanRenew)
        {
            // This router would end the old channel, with its calls, for the new one. What drains is left alone.
            _ = old.DrainAsync(DrainReasons.Aged, Timeout.InfiniteTimeSpan, CancellationToken.None);
            await Task.WhenAny(over, old.DrainAcknowledged, Task.Delay(bridge.Options.ConnectTimeout, bridge.Time, cancellationToken)).ConfigureAwait(false);
            return null;
        }

        ReconnectBackoff waits = new(bridge.Options, bridge.NextRandom);
        while (!over.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            RegistrationChannel next = await DialAsync(renews: true).ConfigureAwait(false);
            if (next.IsRegistered)
            {
                // The router that has the old one may be another, behind the same address, and know nothing of it.
                _ = old.DrainAsync(DrainReasons.Renewed, Timeout.InfiniteTimeSpan, CancellationToken.None);
                return next;
            }

            ChannelEnd end = await next.Served.ConfigureAwait(false);
            if (end.Kind != ChannelEndKind.Stopped)
            {
                TimeSpan wait = waits.Next(end.Kind, TimeSpan.Zero);
                BridgeLog.RenewalFailed(bridge.Log, bridge.Service.FullName, router, stripe, end.Reason, wait, end.Error);
                await Task.WhenAny(over, Task.Delay(wait, bridge.Time, cancellationToken)).ConfigureAwait(false);
            }
        }

        return null;
    }

    /// <summary>Gives the wait after a channel that is over.</summary>
    private async Task<TimeSpan> JudgeAsync(RegistrationChannel channel)
    {
        if (channel.HasLeft)
        {
            return TimeSpan.Zero;
        }

        if (!channel.Served.IsCompleted)
        {
            BridgeLog.RouterDrains(bridge.Log, bridge.Service.FullName, router, stripe);
            _ = channel.RetireAsync();
            return backoff.Next(ChannelEndKind.Lost, channel.Lived);
        }

        ChannelEnd end = await channel.Served.ConfigureAwait(false);
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

    private Task WhenAgedAsync(CancellationToken cancellationToken)
    {
        TimeSpan age = bridge.Options.MaxChannelAge;
        return age == Timeout.InfiniteTimeSpan
            ? WhenCanceledAsync(cancellationToken)
            : WhenCanceledAsync(cancellationToken, AgeSpread.Of(age, bridge.NextRandom()));
    }

    /// <summary>The instance has a newer certificate than it showed.</summary>
    private Task WhenOutdatedAsync(RegistrationChannel channel, CancellationToken cancellationToken) =>
        router.UsesTls && bridge.Certificates.Renewed(channel.Terms) is { } renewed ? renewed.WaitAsync(cancellationToken) : WhenCanceledAsync(cancellationToken);

    private Task WhenCanceledAsync(CancellationToken cancellationToken) => WhenCanceledAsync(cancellationToken, Timeout.InfiniteTimeSpan);

    private async Task WhenCanceledAsync(CancellationToken cancellationToken, TimeSpan orAfter) =>
        await Task.Delay(orAfter, bridge.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ForgetAsync(RegistrationChannel channel)
    {
        await ((Task)channel.Served).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        channels.TryRemove(channel, out _);
    }
}
