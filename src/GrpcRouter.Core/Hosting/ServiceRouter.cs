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
    private readonly ServicePlan plan;
    internal readonly StripedCounter LiveCalls = new();

    // Attempts of hedged calls that were withdrawn because another had answered.
    internal readonly StripedCounter HedgeLosers = new();

    /// <summary>Makes the router of a service.</summary>
    /// <param name="hub">What it shares with the other services.</param>
    /// <param name="service">Its methods.</param>
    protected ServiceRouter(RouterHub hub, RoutedService service)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(service);
        Hub = hub;
        Service = service;
        ServicePolicyOptions declared = new();
        DeclarePolicy(declared);
        Waiting = new WaitingCalls(Registry);
        plan = ServicePlan.Create(service, hub, declared, Registry, LiveCalls);
        Waiting.Limit = plan.MaxPendingCalls;
        Waiting.Refusal = CallLimits.Full(
            RouterReasons.TooManyPendingCalls, service.FullName, plan.MaxPendingCalls, $"As many calls wait for an instance of {service.FullName} as may.");
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

    /// <summary>How calls are treated.</summary>
    internal ServicePlan Plan => plan;

    /// <summary>At least one instance takes calls and is well.</summary>
    public bool IsServing => plan.Any.Current.WellCount > 0;

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
        MethodPlan treatment = plan[method];
        return treatment.Hedging is null
            ? leg.Relay.RunAsync(this, method, treatment, leg)
            : leg.Hedge.RunAsync(this, method, treatment, leg);
    }

    /// <summary>Serves a registration channel until it ends.</summary>
    /// <param name="reader">Frames from the instance.</param>
    /// <param name="sink">Takes frames to the instance.</param>
    /// <param name="peer">The instance's address, and who it has proved to be.</param>
    /// <param name="cancellationToken">The transport is gone.</param>
    /// <returns>The status to end the registration stream with.</returns>
    public async Task<Status> RunChannelAsync(PipeReader reader, IFrameSink sink, ChannelPeer peer, CancellationToken cancellationToken)
    {
        InstanceChannel channel = new(this, reader, sink, peer);
        channels.TryAdd(channel, 0);
        try
        {
            return await channel.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            channels.TryRemove(channel, out _);
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

            if (startLength > channel.MaxStartLength)
            {
                refusal = new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MetadataTooLarge, $"The request metadata of {startLength} bytes is over what the instance takes in a frame.")
                    .With(ReasonKeys.Service, Service.FullName)
                    .With(ReasonKeys.Instance, channel.InstanceId);
                return false;
            }

            if (plan.MaxCallsPerInstance != int.MaxValue && channel.Instance.ActiveCalls >= plan.MaxCallsPerInstance)
            {
                busy = true;
                continue;
            }

            id = channel.Calls.Add(call);
            if (id != 0)
            {
                return true;
            }

            busy |= channel.State == InstanceState.Ready;
        }

        channel = null;
        refusal = busy ? plan.InstancesFull : NoInstance(target.Subset.Selector);
        return false;
    }

    private RouterStatus NoInstance(LabelSelector selector) => new RouterStatus(StatusCode.Unavailable, RouterReasons.NoInstance, selector.Equals(LabelSelector.Any)
        ? $"No instance of {Service.FullName} is registered."
        : $"No instance of {Service.FullName} with {selector} is registered.").With(ReasonKeys.Service, Service.FullName);

    internal void TickPolicies(long now) => plan.OnTick(now);

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

    internal void TickChannels(long now)
    {
        // Not the keys: they would be copied, with all of the dictionary locked.
        foreach ((InstanceChannel channel, _) in channels)
        {
            channel.Tick(now);
        }
    }
}
