namespace GrpcRouter;

/// <summary>Picks each channel in turn.</summary>
public sealed class RoundRobinBalancer : ILoadBalancer
{
    private uint next = uint.MaxValue;

    /// <inheritdoc/>
    public InstanceChannel Pick(InstanceSnapshot instances, in PickContext call)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return instances.Count == 1 ? instances[0] : instances[(int)(Interlocked.Increment(ref next) % (uint)instances.Count)];
    }
}
