using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GrpcRouter;

/// <summary>The budgets of all connections, each kept with its connection.</summary>
internal sealed class ConnectionBudgets : IDisposable
{
    private static readonly object ItemKey = new();

    private readonly RouterHub hub;
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private int seconds;

    public ConnectionBudgets(RouterHub hub, TimeProvider? time = null)
    {
        this.hub = hub;
        clock = time ?? TimeProvider.System;

        // Every call notes when it began, and needs no better clock than this.
        timer = clock.CreateTimer(static state => Interlocked.Increment(ref ((ConnectionBudgets)state!).seconds), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Seconds since the start, about.</summary>
    public int Seconds => Volatile.Read(ref seconds);

    /// <summary>The clock of buckets.</summary>
    public long Now => clock.GetTimestamp();

    public TokenBucket NewCancels() => NewBucket(hub.Options.Abuse.CancelBurst, hub.Options.Abuse.CancelsPerSecond);

    public TokenBucket NewBucket(double burst, double perSecond) => new(burst, perSecond, clock.TimestampFrequency);

    /// <summary>The budget of a call's connection; null where the server keeps nothing with a connection.</summary>
    public ConnectionBudget? Of(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return null;
        }

        return ConnectionItems.GetOrAdd(
            items, ItemKey, (Owner: this, Context: context),
            static made => new ConnectionBudget(made.Owner, made.Owner.hub.Abuse, PeerName.Of(made.Context), made.Context.Features.Get<IConnectionLifetimeFeature>()));
    }

    public void Dispose() => timer.Dispose();
}
