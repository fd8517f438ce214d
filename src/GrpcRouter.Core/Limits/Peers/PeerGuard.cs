using System.Globalization;
using System.Net;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>Keeps out peers that may not come, and bounds what each of the others has open; see <see cref="PeerOptions"/>.</summary>
public sealed class PeerGuard
{
    private readonly RouterHub hub;
    private readonly RefusalCounter connections = new();
    private readonly RefusalCounter calls = new();
    private readonly RefusalCounter channels = new();
    private readonly LineGate connectionLines;
    private readonly LineGate callLines;
    private readonly LineGate channelLines;
    private PeerRules rules;

    internal PeerGuard(RouterHub hub)
    {
        this.hub = hub;
        connectionLines = new LineGate(hub.Time);
        callLines = new LineGate(hub.Time);
        channelLines = new LineGate(hub.Time);
        rules = new PeerRules(hub.Options.Peers, before: null, hub.Time, hub.Log);
        hub.OptionsChanged += options => Volatile.Write(ref rules, new PeerRules(options.Peers, rules, this.hub.Time, this.hub.Log));
    }

    /// <summary>Connections that were closed at once, since the router's start.</summary>
    public long RefusedConnections => connections.Count;

    /// <summary>Calls that were refused for their peer, since the router's start.</summary>
    public long RefusedCalls => calls.Count;

    /// <summary>Registration channels that were refused for their peer's address, since the router's start.</summary>
    public long RefusedChannels => channels.Count;

    /// <summary>A peer connects.</summary>
    /// <param name="address">Its address; null where there is none.</param>
    /// <returns>To be disposed of when the connection is gone; null: it is to be closed at once.</returns>
    public PeerConnection? Connect(IPAddress? address)
    {
        PeerRules current = Volatile.Read(ref rules);
        HeldPermits held = default;
        string? problem = !current.Callers.Allows(address) && !current.Instances.Allows(address) ? "its network may not connect"
            : current.Connections is { } table && address is not null && !TryTake(table, current.KeyOf(address), ref held) ? "it has as many connections as it may"
            : null;
        if (problem is null)
        {
            return new PeerConnection(address, held);
        }

        connections.Increment();
        LimitMetrics.OnPeer("connection");
        if (connectionLines.TryOpen(out long since))
        {
            hub.Log.ConnectionsRefused(since, Name(address), problem);
        }

        return null;
    }

    /// <summary>Takes a connection that is there already, on a transport that did not ask. It is not counted among its peer's.</summary>
    public static PeerConnection Adopt(IPAddress? address) => new(address, held: default);

    internal void OnTick(long now) => Volatile.Read(ref rules).Sweep(now);

    /// <summary>Lets a call in.</summary>
    /// <param name="leg">The client.</param>
    /// <param name="held">Takes where it is counted.</param>
    /// <param name="refusal">Why not.</param>
    internal bool TryAdmit(ClientLeg leg, ref HeldPermits held, out RouterStatus refusal)
    {
        refusal = default;
        PeerRules current = Volatile.Read(ref rules);
        return !current.BoundCalls || TryAdmit(current, leg, ref held, out refusal);
    }

    /// <summary>Lets an instance open a channel.</summary>
    /// <param name="peer">The instance.</param>
    /// <param name="service">The service.</param>
    /// <param name="held">Takes where it is counted.</param>
    /// <param name="refusal">Why not.</param>
    internal bool TryOpenChannel(ChannelPeer peer, string service, ref HeldPermits held, out Status refusal)
    {
        refusal = Status.DefaultSuccess;
        PeerRules current = Volatile.Read(ref rules);
        if (!current.Instances.Allows(peer.Address))
        {
            refusal = new Status(StatusCode.PermissionDenied, "Instances may not register from this network.");
        }
        else if (current.Channels is { } table && peer.Address is not null && !TryTake(table, current.KeyOf(peer.Address), ref held))
        {
            refusal = new Status(StatusCode.ResourceExhausted, $"The peer has {current.MaxChannels} channels, as many as it may.");
        }
        else
        {
            return true;
        }

        channels.Increment();
        LimitMetrics.OnPeer("channel");
        if (channelLines.TryOpen(out long since))
        {
            hub.Log.ChannelsRefused(since, peer.Name, service, refusal.Detail);
            hub.Audit?.Write(new AuditEntry(AuditEvents.RegistrationRefused)
            {
                Service = service,
                Peer = peer.Name,
                Identity = peer.Identity?.ToString(),
                Reason = refusal.Detail,
                Details = new Dictionary<string, string> { ["count"] = since.ToString(CultureInfo.InvariantCulture) },
            });
        }

        return false;
    }

    private bool TryAdmit(PeerRules current, ClientLeg leg, ref HeldPermits held, out RouterStatus refusal)
    {
        IPAddress? address = leg.Address;
        PeerConnection? connection = leg.Connection;

        // Behind a proxy both count: whose connection it is, and for whom.
        bool allowed = (connection?.MayCall(current) ?? true) && (ReferenceEquals(address, connection?.Address) || current.Callers.Allows(address));
        if (!allowed)
        {
            refusal = new RouterStatus(StatusCode.PermissionDenied, RouterReasons.PeerRefused, "Calls may not come from this network.");
        }
        else if (current.MaxCallsPerConnection is { } most && connection is not null && !TryTake(connection.Calls(most), ref held))
        {
            refusal = Full(most, ReasonKeys.ConnectionScope, "The connection has as many calls under way as it may.");
        }
        else if (current.Calls is { } table && address is not null && !TryTake(table, current.KeyOf(address), ref held))
        {
            held.GiveBack();
            refusal = Full(current.MaxCalls!.Value, ReasonKeys.PeerScope, "The peer has as many calls under way as it may.");
        }
        else
        {
            refusal = default;
            return true;
        }

        calls.Increment();
        LimitMetrics.OnPeer("call");
        if (callLines.TryOpen(out long since))
        {
            hub.Log.CallsRefused(since, Name(address), refusal.Message);
        }

        return false;
    }

    private static RouterStatus Full(int limit, string scope, string message) => new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.PeerLimit, message)
        .With(ReasonKeys.Scope, scope)
        .With(ReasonKeys.Limit, limit.ToString(CultureInfo.InvariantCulture));

    private static bool TryTake(PartitionTable table, in PartitionKey key, ref HeldPermits held)
    {
        if (!table.TryAcquire(key, now: 0, out Limiter limiter, out _, out _))
        {
            return false;
        }

        held.Add(limiter, lease: null);
        return true;
    }

    private static bool TryTake(ConcurrencyLimit limit, ref HeldPermits held)
    {
        if (limit.TryAcquire(now: 0, out _, out _) != LimiterAnswer.Granted)
        {
            return false;
        }

        held.Add(limit, lease: null);
        return true;
    }

    private static string Name(IPAddress? address) => address?.ToString() ?? "a peer without an address";
}
