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

    private static readonly TimeSpan LongTick = TimeSpan.FromMilliseconds(250);

    // A process that was suspended must not look dead when it goes on.
    private static readonly TimeSpan ShortestStall = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Type, ServiceRouter> routers = new();
    private readonly CancellationTokenSource draining = new();
    private readonly CancellationTokenSource shutdown = new();
    private readonly Lock changes = new();
    private readonly ITimer keepAlive;
    private readonly ITimer policies;
    private int tickingPolicies;
    private readonly ITimer graceEnd;
    private readonly long startedAt;
    private long tickedAt;
    private RouterOptions options;
    private bool stopping;

    /// <summary>Makes a router without services.</summary>
    /// <param name="options">Limits and times; checked here. They belong to the router from now on: <see cref="Apply"/> takes others.</param>
    /// <param name="time">The clock; default the system's.</param>
    /// <param name="logger">Takes what happens to channels; default none.</param>
    /// <param name="audit">Takes what must not be forgotten; default none.</param>
    /// <param name="authorizer">The application's own decision on registrations; default none.</param>
    /// <exception cref="InvalidOperationException">An option is out of range.</exception>
    public RouterHub(
        RouterOptions options, TimeProvider? time = null, ILogger<RouterHub>? logger = null, IAuditLog? audit = null, IRegistrationAuthorizer? authorizer = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        Time = time ?? TimeProvider.System;
        Log = logger ?? NullLogger<RouterHub>.Instance;
        Audit = audit;
        Registration = new RegistrationAuthority(this, authorizer);
        OptionsChanged += Rejudge;
        Deadlines = new DeadlineWheel(Time);
        LongTimes = new DeadlineWheel(Time, LongTick);
        ReplayBytes = new WindowBudget(options.RetryBufferTotal);
        WindowBytes = new WindowBudget(options.TotalWindowBudget);
        Abuse = new AbuseWatch(Log, Time);
        Random = PickRandom.From(options.Random);
        Limits = new RouterLimits(this);
        Peers = new PeerGuard(this);
        Callers = new CallerDoor(this);

        TimeSpan period = GrainOf(options);
        startedAt = tickedAt = Time.GetTimestamp();
        graceEnd = Time.CreateTimer(static state => ((RouterHub)state!).EndGrace(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        keepAlive = Time.CreateTimer(static state => ((RouterHub)state!).TickChannels(), this, period, period);
        policies = Time.CreateTimer(static state => ((RouterHub)state!).TickPolicies(), this, PolicyTick, PolicyTick);
    }

    /// <summary>Limits and times that count now. Another object after each change; this one does not change.</summary>
    public RouterOptions Options => Volatile.Read(ref options);

    /// <summary>Raised after <see cref="Options"/> has become another object, on one thread at a time. What is made from options is made anew.</summary>
    internal event Action<RouterOptions>? OptionsChanged;

    /// <summary>The router is about to go, or does: it should get no more calls. It takes those that come until <see cref="Stopping"/>.</summary>
    public bool Draining => draining.IsCancellationRequested;

    /// <summary>Cancelled when <see cref="Draining"/> becomes true.</summary>
    public CancellationToken DrainingToken => draining.Token;

    /// <summary>The router takes no new calls.</summary>
    public bool Stopping => Volatile.Read(ref stopping);

    /// <summary>Cancelled when <see cref="Stopping"/> becomes true.</summary>
    public CancellationToken StoppingToken => shutdown.Token;

    /// <summary>Time since the router was made.</summary>
    public TimeSpan Uptime => Time.GetElapsedTime(startedAt);

    /// <summary>The router's clockwork goes round: it judged its channels within the last minute, or within four of its periods where those are longer.</summary>
    public bool IsAlive
    {
        get
        {
            TimeSpan due = GrainOf(Options) * 4;
            return Time.GetElapsedTime(Volatile.Read(ref tickedAt)) <= (due > ShortestStall ? due : ShortestStall);
        }
    }

    /// <summary>The service routers, in no order.</summary>
    public IEnumerable<ServiceRouter> Routers => routers.Values;

    /// <summary>Counts and names peers that misbehave.</summary>
    public AbuseWatch Abuse { get; }

    /// <summary>How registrations have gone.</summary>
    public RegistrationCounts RegistrationCounts => Registration.Counts;

    /// <summary>Decides who may register.</summary>
    internal RegistrationAuthority Registration { get; }
    /// <summary>The limits that count now, and what they have refused.</summary>
    public RouterLimits Limits { get; }

    /// <summary>Keeps out peers that may not come, and counts the others.</summary>
    public PeerGuard Peers { get; }

    internal TimeProvider Time { get; }

    internal PickRandom Random { get; }

    internal ILogger Log { get; }

    /// <summary>Takes what must not be forgotten; null: nothing does.</summary>
    internal IAuditLog? Audit { get; }

    /// <summary>Says which API keys are in use.</summary>
    public IApiKeyUsage ApiKeyUsage => Callers.Usage;

    /// <summary>What callers are judged by.</summary>
    internal CallerDoor Callers { get; }

    internal DeadlineWheel Deadlines { get; }

    /// <summary>Times of minutes and hours, which many streams at rest may have running: a wheel of milliseconds would turn for them all the while.</summary>
    internal DeadlineWheel LongTimes { get; }

    /// <summary>What requests may be kept for retries.</summary>
    internal WindowBudget ReplayBytes { get; }

    /// <summary>What the windows of all channels may grow by.</summary>
    internal WindowBudget WindowBytes { get; }

    /// <summary>Gets the router of a service; the same one each time.</summary>
    public TRouter GetRouter<TRouter>()
        where TRouter : ServiceRouter, IServiceRouter<TRouter> =>
        (TRouter)(routers.TryGetValue(typeof(TRouter), out ServiceRouter? known) ? known : AddRouter<TRouter>());

    /// <summary>Says that the router is about to go, to whoever asks for its health. It takes calls as before.</summary>
    public void BeginDrain()
    {
        if (!draining.IsCancellationRequested)
        {
            _ = draining.CancelAsync();
            Audit?.Write(new AuditEntry(AuditEvents.Draining) { Reason = "The router is about to go." });
        }
    }

    /// <summary>
    /// Stops taking calls and asks the instances to drain. Calls under way go on; a channel ends when its last one has, or when the time is over. Then the calls that are
    /// left end UNAVAILABLE with the reason <see cref="RouterReasons.Shutdown"/>.
    /// </summary>
    /// <param name="grace">How long calls may go on; default <see cref="RouterOptions.DrainGrace"/>.</param>
    public void BeginShutdown(TimeSpan? grace = null)
    {
        BeginDrain();
        if (Interlocked.Exchange(ref stopping, true))
        {
            return;
        }

        TimeSpan time = grace ?? Options.DrainGrace;
        graceEnd.Change(time, Timeout.InfiniteTimeSpan);
        foreach (ServiceRouter router in routers.Values)
        {
            router.BeginShutdown(time);
        }

        _ = shutdown.CancelAsync();
    }

    /// <summary>
    /// Takes other options, whole: a call that begins goes by the old ones or by the new ones. Calls under way go on with those they began with, and what is counted for
    /// options that stay the same goes on as it was. An option that counts from the router's start on (<see cref="ReloadEffect.Restart"/>) keeps its value.
    /// </summary>
    /// <param name="changed">The options. They belong to the router from now on, and must not be changed any more.</param>
    /// <param name="path">Where options stand in the configuration.</param>
    /// <returns>What is another than before. Where <see cref="OptionChange.Effect"/> is <see cref="ReloadEffect.Restart"/>, it does not count yet.</returns>
    /// <exception cref="InvalidOperationException">Something cannot work; the message says all that cannot. Nothing has changed then.</exception>
    public IReadOnlyList<OptionChange> Apply(RouterOptions changed, string path = "GrpcRouter")
    {
        ArgumentNullException.ThrowIfNull(changed);
        changed.Validate(path);
        lock (changes)
        {
            RouterOptions before = Options;
            List<OptionChange> differences = OptionDifference.Find(before, changed, path);
            RestartOptions.Keep(before, changed);

            // All that can fail comes first.
            (ServiceRouter Router, Treatment Treatment)[] prepared = [.. routers.Values.Select(router => (router, router.Prepare(changed)))];
            Volatile.Write(ref options, changed);
            foreach ((ServiceRouter router, Treatment treatment) in prepared)
            {
                router.Commit(treatment);
            }

            ReplayBytes.Limit = changed.RetryBufferTotal;
            WindowBytes.Limit = changed.TotalWindowBudget;
            TimeSpan period = GrainOf(changed);
            if (period != GrainOf(before))
            {
                keepAlive.Change(period, period);
            }

            TellOthers(changed);
            return differences;
        }
    }

    /// <summary>Has all that is made from options made anew from those that count: what they name, such as a file, may be another.</summary>
    internal void Refresh()
    {
        lock (changes)
        {
            TellOthers(Options);
        }
    }

    /// <summary>How often channels are judged: the grain of their times, and no more than a timer can hold.</summary>
    internal static TimeSpan GrainOf(RouterOptions options)
    {
        TimeSpan least = TimeSpan.FromMinutes(1);
        foreach (TimeSpan time in (ReadOnlySpan<TimeSpan>)[options.KeepAliveInterval, options.KeepAliveTimeout, options.RegistrationTimeout, options.MaxChannelAge ?? least])
        {
            least = time < least ? time : least;
        }

        return least / 4;
    }

    /// <summary>A number from 0 to 1. A seeded generator is not safe for concurrent use.</summary>
    internal double NextRandom()
    {
        Random random = Options.Random;
        lock (random)
        {
            return random.NextDouble();
        }
    }

    // A router that is made must not miss a change: it is made by the options that count when it is there.
    private ServiceRouter AddRouter<TRouter>()
        where TRouter : ServiceRouter, IServiceRouter<TRouter>
    {
        lock (changes)
        {
            return routers.GetOrAdd(typeof(TRouter), static (_, hub) => TRouter.Create(hub), this);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keepAlive.Dispose();
        policies.Dispose();
        graceEnd.Dispose();
        Deadlines.Dispose();
        LongTimes.Dispose();
    }

    // Those who may not be here any more must not wait for the next tick.
    // What one part makes of the options must not keep another from making it.
    private void TellOthers(RouterOptions current)
    {
        foreach (Action<RouterOptions> part in Delegate.EnumerateInvocationList(OptionsChanged))
        {
            try
            {
                part(current);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                Log.OptionsNotTaken(error);
            }
        }
    }

    private void Rejudge(RouterOptions changed)
    {
        Registration.Apply(changed);
        foreach (ServiceRouter router in routers.Values)
        {
            router.JudgeChannels();
        }
    }

    private void TickChannels()
    {
        long now = Time.GetTimestamp();
        foreach (ServiceRouter router in routers.Values)
        {
            router.TickChannels(now);
        }

        Volatile.Write(ref tickedAt, now);
    }

    private void EndGrace()
    {
        foreach (ServiceRouter router in routers.Values)
        {
            if (router.ActiveCalls is > 0 and int calls)
            {
                Log.CallsCut(router.Service.FullName, calls);
            }

            router.CutCalls();
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

        Limits.OnTick(now);
        Peers.OnTick(now);

        Volatile.Write(ref tickingPolicies, 0);
    }
}
