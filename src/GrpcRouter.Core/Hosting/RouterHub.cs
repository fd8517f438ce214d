using System.Collections.Concurrent;
using GrpcRouter.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcRouter;

/// <summary>What all services of one router share: options, clock, deadlines, and the routers themselves.</summary>
public sealed class RouterHub : IDisposable
{
    // Weights, ejections and slow start move by this step.
    private static readonly TimeSpan PolicyTick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Type, ServiceRouter> routers = new();
    private readonly ITimer keepAlive;
    private readonly ITimer policies;
    private volatile bool stopping;
    private int tickingPolicies;

    /// <summary>Makes a router without services.</summary>
    /// <param name="options">Limits and times; checked here.</param>
    /// <param name="time">The clock; default the system's.</param>
    /// <param name="logger">Takes what happens to channels; default none.</param>
    /// <exception cref="InvalidOperationException">An option is out of range.</exception>
    public RouterHub(RouterOptions options, TimeProvider? time = null, ILogger<RouterHub>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        Time = time ?? TimeProvider.System;
        Log = logger ?? NullLogger<RouterHub>.Instance;
        Deadlines = new DeadlineWheel(Time);
        ReplayBytes = new ByteBudget(options.RetryBufferTotal);
        Random = options.RandomSeed is { } seed ? new PickRandom(seed) : PickRandom.Default;

        // Channels are judged this often; the grain of their times, and no more than a timer can hold.
        TimeSpan[] times =
        [
            options.KeepAliveInterval, options.KeepAliveTimeout, options.RegistrationTimeout, options.MaxChannelAge ?? TimeSpan.MaxValue, TimeSpan.FromMinutes(1),
        ];
        TimeSpan period = times.Min() / 4;
        Grain = period;
        keepAlive = Time.CreateTimer(static state => ((RouterHub)state!).TickChannels(), this, period, period);
        policies = Time.CreateTimer(static state => ((RouterHub)state!).TickPolicies(), this, PolicyTick, PolicyTick);
    }

    /// <summary>Limits and times.</summary>
    public RouterOptions Options { get; }

    /// <summary>The router takes no new calls.</summary>
    public bool Stopping => stopping;

    /// <summary>The service routers, in no order.</summary>
    public IEnumerable<ServiceRouter> Routers => routers.Values;

    internal TimeProvider Time { get; }

    internal PickRandom Random { get; }

    internal ILogger Log { get; }

    /// <summary>How often channels are judged.</summary>
    internal TimeSpan Grain { get; }

    internal DeadlineWheel Deadlines { get; }

    /// <summary>What requests may be kept for retries.</summary>
    internal ByteBudget ReplayBytes { get; }

    /// <summary>Gets the router of a service; the same one each time.</summary>
    public TRouter GetRouter<TRouter>()
        where TRouter : ServiceRouter, IServiceRouter<TRouter> =>
        (TRouter)routers.GetOrAdd(typeof(TRouter), static (_, hub) => TRouter.Create(hub), this);

    /// <summary>
    /// Stops taking calls and asks the instances to drain. Calls under way go on; a channel ends when its last one has.
    /// </summary>
    public void BeginShutdown()
    {
        if (stopping)
        {
            return;
        }

        stopping = true;
        foreach (ServiceRouter router in routers.Values)
        {
            router.BeginShutdown();
        }
    }

    /// <summary>A number from 0 to 1. A seeded generator is not safe for concurrent use.</summary>
    internal double NextRandom()
    {
        lock (Options.Random)
        {
            return Options.Random.NextDouble();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keepAlive.Dispose();
        policies.Dispose();
        Deadlines.Dispose();
    }

    private void TickChannels()
    {
        long now = Time.GetTimestamp();
        foreach (ServiceRouter router in routers.Values)
        {
            router.TickChannels(now);
        }
    }

    private void TickPolicies()
    {
        // A tick that finds another under way leaves the work to it.
        if (Interlocked.Exchange(ref tickingPolicies, 1) != 0)
        {
            return;
        }

        long now = Time.GetTimestamp();
        foreach (ServiceRouter router in routers.Values)
        {
            router.TickPolicies(now);
        }

        Volatile.Write(ref tickingPolicies, 0);
    }
}
