using System.Net;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>What is set for peers, put together once, with tables of those that are counted.</summary>
internal sealed class PeerRules
{
    // Peers with nothing open leave within a second, so these are such as have: some megabytes. Those beyond count together.
    private const int MostPeers = 65_536;

    private readonly (int Bits4, int Bits6) prefix;
    private readonly (int? Connections, int? Calls, int? Channels) limits;

    /// <param name="options">What is set.</param>
    /// <param name="before">Whose counts stay where their limit does.</param>
    /// <param name="time">The router's clock.</param>
    /// <param name="log">The router's log.</param>
    public PeerRules(PeerOptions options, PeerRules? before, TimeProvider time, ILogger log)
    {
        Callers = new NetworkList(options.Callers);
        Instances = new NetworkList(options.Instances);
        MaxCallsPerConnection = options.MaxCallsPerConnection;
        prefix = (options.IPv4PrefixLength, options.IPv6PrefixLength);
        limits = (options.MaxConnections, options.MaxCalls, options.MaxChannels);
        PeerRules? kept = before?.prefix == prefix ? before : null;
        PartitionTable? Table(int? limit, int? limitBefore, PartitionTable? tableBefore) =>
            limit is not { } most ? null : limit == limitBefore ? tableBefore : new PartitionTable(LimiterPlan.AtOnce(most), MostPeers, time, log);
        Connections = Table(limits.Connections, kept?.limits.Connections, kept?.Connections);
        Calls = Table(limits.Calls, kept?.limits.Calls, kept?.Calls);
        Channels = Table(limits.Channels, kept?.limits.Channels, kept?.Channels);
    }

    public NetworkList Callers { get; }

    public NetworkList Instances { get; }

    public int? MaxCallsPerConnection { get; }

    public int? MaxCalls => limits.Calls;

    public int? MaxChannels => limits.Channels;

    /// <summary>Connections of each peer; null: not counted.</summary>
    public PartitionTable? Connections { get; }

    /// <summary>Calls of each peer; null: not counted.</summary>
    public PartitionTable? Calls { get; }

    /// <summary>Channels of each peer; null: not counted.</summary>
    public PartitionTable? Channels { get; }

    /// <summary>There is something to ask of a call.</summary>
    public bool BoundCalls => !Callers.IsOpen || Calls is not null || MaxCallsPerConnection is not null;

    public PartitionKey KeyOf(IPAddress? address) => PartitionKey.Of(address, prefix.Bits4, prefix.Bits6);

    public void Sweep(long now)
    {
        Connections?.Sweep(now);
        Calls?.Sweep(now);
        Channels?.Sweep(now);
    }
}
