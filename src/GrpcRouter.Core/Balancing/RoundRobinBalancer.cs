namespace GrpcRouter;

/// <summary>Picks each channel in turn.</summary>
public sealed class RoundRobinBalancer : ILoadBalancer
{
    private uint next = uint.MaxValue;

    /// <inheritdoc/>
    public InstanceChannel Pick(IReadOnlyList<InstanceChannel> channels, in PickContext context)
    {
        ArgumentNullException.ThrowIfNull(channels);
        return channels.Count == 1 ? channels[0] : channels[(int)(Interlocked.Increment(ref next) % (uint)channels.Count)];
    }
}
