using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// The router of one service: its registry of instances, and the way of its calls. Generated routers derive from it and add the
/// service's table of methods.
/// </summary>
public abstract class ServiceRouter
{
    // A pick may find a channel that is just draining or full; after a few more the rest are in no better state.
    private const int MaxPicks = 8;

    private readonly ConcurrentDictionary<InstanceChannel, byte> channels = new();
    private readonly ServicePolicyOptions declared = new();
    private readonly OutlierWatch outliers;
    private readonly Lock planning = new();
    private readonly List<RetiredPlan> retired = [];
    internal readonly LiveCalls LiveCalls = new();
    private readonly Lock limitsGate = new();
    private Treatment treatment;
    private ServiceLimits limits = null!;

    // Attempts of hedged calls that were withdrawn because another had answered.
    internal readonly StripedCounter HedgeLosers = new();

    /// <summary>Makes the router of a service.</summary>
    /// <param name="hub">What it shares with the other services.</param>
    /// <param name="service">Its methods.</param>
    /// <exception cref="InvalidOperationException">The service is one that the router answers itself, such as <c>grpc.health.v1.Health</c>.</exception>
    protected ServiceRouter(RouterHub hub, RoutedService service)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(service);
        if (ReservedServices.Contains(service.FullName))
        {
            throw new InvalidOperationException($"Instances cannot serve {service.FullName}: the router answers it itself.");
        }

        Hub = hub;
        Service = service;
        DeclarePolicy(declared);
        Waiting = new WaitingCalls(Registry);
        outliers = new OutlierWatch(service, hub, Registry);
        RouterOptions options = hub.Options;
        treatment = new Treatment(options, ServicePlan.Create(service, hub, options, declared, Registry, LiveCalls));
        LiveCalls.Add(Plan.Live);
        Plan.Adopt(outliers);

        // A change that comes meanwhile is seen by one of the two.
        hub.OptionsChanged += _ => SetLimits();
        SetLimits();
    }

    /// <summary>The service's methods.</summary>
    public RoutedService Service { get; }

    /// <summary>The hub this router belongs to.</summary>
    public RouterHub Hub { get; }

    /// <summary>The registered channels, draining ones among them.</summary>
    public IReadOnlyList<InstanceChannel> Instances => Registry.All;

    /// <summary>Calls under way.</summary>
    public int ActiveCalls => LiveCalls.Sum;

    /// <summary>Open registration channels, those among them that have not registered yet.</summary>
    public int OpenChannels => channels.Count;

    /// <summary>Calls that wait for an instance.</summary>
    internal WaitingCalls Waiting { get; }

    /// <summary>What the .proto says of how calls are treated.</summary>
    internal ServicePolicyOptions Declared => declared;

    /// <summary>How calls are treated that begin now.</summary>
    internal ServicePlan Plan => Volatile.Read(ref treatment).Plan;

    /// <summary>The options that are in force for the service.</summary>
    internal RouterOptions Options => Volatile.Read(ref treatment).Options;

    /// <summary>Plans that were replaced and by which calls are still under way.</summary>
    internal int RetiredPlans
    {
        get
        {
            lock (planning)
            {
                return retired.Count;
            }
        }
    }

    /// <summary>What bounds calls.</summary>
    internal ServiceLimits Limits => Volatile.Read(ref limits);

    /// <summary>At least one instance takes calls and is well.</summary>
    public bool IsServing => Plan.HasWell;

    /// <summary>Ends when the instances that take calls have changed since it was read. To miss nothing, read it before <see cref="IsServing"/>.</summary>
    public Task InstancesChanged => Registry.Changed;

    internal InstanceRegistry Registry { get; } = new();

    /// <summary>Waits until so many channels take calls.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForInstancesAsync(int count, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed = Registry.Changed;
            if (Registry.Pickable.Count >= count)
            {
                return;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Relays a call until it is over for the client.</summary>
    /// <param name="method">The method called; one of the service's.</param>
    /// <param name="leg">The client.</param>
    public Task RunCallAsync(RoutedMethod method, ClientLeg leg)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(leg);
        Treatment current = BeginCall();
        MethodPlan plan = current.Plan[method];
        return plan.Hedging is null
            ? leg.Relay.RunAsync(this, method, current.Options, plan, leg)
            : leg.Hedge.RunAsync(this, method, current.Options, plan, leg);
    }

    /// <summary>
    /// Judges whoever wants to open a registration channel, by credential and rate, before anything is kept of it. To be asked before the channel's response begins; what the instance then says of
    /// itself is judged when it does.
    /// </summary>
    /// <param name="credential">What the instance shows.</param>
    /// <param name="peer">Where it is.</param>
    public ValueTask<RegistrationAdmission> AdmitRegistrationAsync(RegistrationCredential credential, ChannelPeer peer)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(peer);
        return Hub.Registration.AdmitAsync(Service.FullName, credential, peer);
    }

    /// <summary>Serves a registration channel until it ends.</summary>
    /// <param name="reader">Frames from the instance.</param>
    /// <param name="sink">Takes frames to the instance.</param>
    /// <param name="peer">The instance's address, and who it has proved to be.</param>
    /// <param name="cancellationToken">The transport is gone.</param>
    /// <returns>The status to end the registration stream with.</returns>
    public async Task<Status> RunChannelAsync(PipeReader reader, IFrameSink sink, ChannelPeer peer, CancellationToken cancellationToken)
    {
        HeldPermits held = default;
        if (!Hub.Peers.TryOpenChannel(peer, Service.FullName, ref held, out Status refusal))
        {
            return refusal;
        }

        InstanceChannel channel = new(this, reader, sink, peer);
        channels.TryAdd(channel, 0);
        try
        {
            return await channel.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            channels.TryRemove(channel, out _);
            held.End();
        }
    }

    /// <summary>
    /// Sets what the .proto says of retries, balancing and idempotency. Generated routers override it; what is configured goes before it.
    /// </summary>
    /// <param name="service">Takes the settings; empty at first.</param>
    protected virtual void DeclarePolicy(ServicePolicyOptions service)
    {
    }

    /// <summary>Picks a channel for an attempt, and gets an id there.</summary>
    /// <param name="call">The call; what it has tried is passed over while there is something else.</param>
    /// <param name="target">Where its route leads.</param>
    /// <param name="startLength">What the call's start takes of a frame, in bytes.</param>
    /// <param name="channel">The channel, on success.</param>
    /// <param name="id">The call's id there.</param>
    /// <param name="refusal">Why there is none.</param>
    internal bool TryPick(RoutedCall call, PickTarget target, int startLength, [NotNullWhen(true)] out InstanceChannel? channel, out ulong id, out RouterStatus refusal)
    {
        channel = null;
        id = 0;
        refusal = default;
        if (Hub.Stopping)
        {
            refusal = new RouterStatus(StatusCode.Unavailable, RouterReasons.Shutdown, "The router is shutting down.").With(ReasonKeys.Service, Service.FullName);
            return false;
        }

        bool busy = false;
        InstanceTurns turns = new(call, Hub.Time, Hub.Random);
        for (int attempt = 0; attempt < MaxPicks; attempt++)
        {
            channel = target.Pick(new PickContext(call.Method, attempt, call.Leg, Hub.Random));
            if (channel is not null && call.HasTried(channel.Instance))
            {
                if (attempt < MaxPicks / 2)
                {
                    continue;
                }

                channel = target.IsExclusive ? channel : call.FindUntried(target) ?? channel;
            }

            if (channel is null)
            {
                break;
            }

            // Lists are by tenant already; what leads from a listed channel to another of its instance, and balancers of the application's own, must not lead astray.
            if (!channel.Serves(call.Leg.Tenant))
            {
                continue;
            }

            if (startLength > channel.MaxStartLength)
            {
                refusal = new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MetadataTooLarge, $"The request metadata of {startLength} bytes is over what the instance takes in a frame.")
                    .With(ReasonKeys.Service, Service.FullName)
                    .With(ReasonKeys.Instance, channel.InstanceId);
                return false;
            }

            if (call.Plan.MaxCallsPerInstance is not int.MaxValue and int most && channel.Instance.ActiveCalls >= most)
            {
                busy = true;
                continue;
            }

            if (turns.AreLimited && !turns.TryTake(channel.Instance)
                && (attempt < MaxPicks / 2 || target.IsExclusive || (channel = turns.FindOther(target, startLength, call.Plan.MaxCallsPerInstance)) is null))
            {
                continue;
            }

            id = channel.Calls.Add(call);
            if (id != 0)
            {
                return true;
            }

            turns.GiveBack();
            busy |= channel.State == InstanceState.Ready;
        }

        channel = null;
        refusal = turns.Refuse() ?? (busy ? call.Plan.InstancesFull : NoInstance(target.Subset.Selector));
        return false;
    }

    private RouterStatus NoInstance(LabelSelector selector) => new RouterStatus(StatusCode.Unavailable, RouterReasons.NoInstance, selector.HasLabels
        ? $"No instance of {Service.FullName} with {selector} is registered."
        : $"No instance of {Service.FullName} is registered.").With(ReasonKeys.Service, Service.FullName);

    /// <summary>Counts a call for the plan it begins with.</summary>
    private Treatment BeginCall()
    {
        while (true)
        {
            Treatment current = Volatile.Read(ref treatment);
            current.Plan.Live.Increment();

            // Counted, and still the plan of new calls: from here on it cannot be taken for one without calls.
            if (ReferenceEquals(current.Plan, Volatile.Read(ref treatment).Plan))
            {
                return current;
            }

            current.Plan.Live.Decrement();
        }
    }

    /// <summary>Makes what calls are to be treated by with other options. Nothing of it counts before it is committed.</summary>
    internal Treatment Prepare(RouterOptions options)
    {
        Treatment current = Volatile.Read(ref treatment);
        return Treatment.SaySame(Service.FullName, current.Options, options)
            ? current with { Options = options }
            : new Treatment(options, ServicePlan.Create(Service, Hub, options, declared, Registry, LiveCalls, current.Plan));
    }

    /// <summary>Treats calls that begin from now on as was prepared. Those under way keep what they began with.</summary>
    internal void Commit(Treatment prepared)
    {
        lock (planning)
        {
            ServicePlan before = Plan;
            if (ReferenceEquals(before, prepared.Plan))
            {
                Volatile.Write(ref treatment, prepared);
                return;
            }

            LiveCalls.Add(prepared.Plan.Live);
            Volatile.Write(ref treatment, prepared);
            prepared.Plan.Adopt(outliers);
            retired.Add(new RetiredPlan(before));
        }
    }

    internal void TickPolicies(long now)
    {
        Plan.OnTick(now);
        outliers.OnTick(now);
        lock (planning)
        {
            foreach (RetiredPlan old in retired)
            {
                old.Plan.OnTick(now);
                if (old.IsOver())
                {
                    LiveCalls.Remove(old.Plan.Live);
                    old.Plan.Release();
                }
            }

            retired.RemoveAll(static old => old.Released);
        }
    }

    private void SetLimits()
    {
        lock (limitsGate)
        {
            Volatile.Write(ref limits, ServiceLimits.Create(Service, Hub.Options, declared, Hub.Limits, Hub.Time));
        }
    }

    internal void BeginShutdown(TimeSpan grace)
    {
        foreach (InstanceChannel channel in channels.Keys)
        {
            channel.BeginDrain("The router is shutting down.", grace);
        }

        Waiting.Wake();
    }

    internal void CutCalls()
    {
        foreach (InstanceChannel channel in channels.Keys)
        {
            channel.Cut();
        }
    }

    internal void JudgeChannels()
    {
        foreach ((InstanceChannel channel, _) in channels)
        {
            channel.TickCredential();
        }
    }

    internal void TickChannels(long now)
    {
        // Not the keys: they would be copied, with all of the dictionary locked.
        foreach ((InstanceChannel channel, _) in channels)
        {
            channel.Tick(now);
        }
    }
}
