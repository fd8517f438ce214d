namespace GrpcRouter;

/// <summary>
/// Picks by a hash of a metadata value: the same instance for the same value, and mostly still the same when others come and go. Instances that do not take calls, or have too many
/// of them, are passed over for the next in the table. A call without the value goes to any instance.
/// </summary>
internal sealed class HashBalancer : ITimedLoadBalancer
{
    private readonly string? header;
    private readonly LoadBound? bound;
    private readonly SnapshotTable<HashTable> tables;

    public HashBalancer(LoadBalancingOptions options, Func<HashOwner[], HashTable> build)
    {
        header = options.HashHeader;
        bound = options.BoundedLoad is { } factor ? new LoadBound(factor) : null;
        tables = new SnapshotTable<HashTable>(instances => build(HashOwner.Of(instances)));
    }

    public static HashBalancer Ring(LoadBalancingOptions options) =>
        new(options, owners => RingTable.Build(owners, options.MinRingSize ?? 1024, options.MaxRingSize ?? 131_072));

    public static HashBalancer Maglev(LoadBalancingOptions options) =>
        new(options, owners => MaglevTable.Build(owners, options.MaglevTableSize ?? 65_537));

    public InstanceChannel Pick(InstanceSnapshot instances, in PickContext call)
    {
        if (header is null || call.GetMetadata(header) is not { } key)
        {
            return instances[call.Next(instances.Count)];
        }

        ulong hash = KeyHash.Of(key);
        HashTable table = tables.For(instances, out bool isStale);
        return Find(table, hash, isStale, call)
            ?? (isStale ? Find(tables.Build(instances), hash, isStale: false, call) : null)
            ?? instances[call.Next(instances.Count)];
    }

    public void OnTick(InstanceSnapshot instances, long now)
    {
        if (instances.Count == 0)
        {
            tables.Clear();
            return;
        }

        HashTable table = tables.For(instances, out _);
        bound?.Count(table.Owners);
    }

    private InstanceChannel? Find(HashTable table, ulong hash, bool isStale, in PickContext call)
    {
        int limit = bound?.Next(table.Owners) ?? int.MaxValue;

        // The pick before this one could not be used: each goes one instance further.
        int passing = call.Attempt;
        InstanceChannel? first = null;
        HashOwner? last = null;
        int slot = table.Find(hash);
        for (int i = 0; i < table.Length; i++, slot = slot + 1 == table.Length ? 0 : slot + 1)
        {
            HashOwner owner = table[slot];
            if (owner == last || (isStale && !owner.Instance.IsWell))
            {
                continue;
            }

            last = owner;
            if (owner.ChannelFor(call) is not { } channel)
            {
                continue;
            }

            first ??= channel;
            if (owner.Instance.ActiveCalls < limit && passing-- == 0)
            {
                return channel;
            }
        }

        return first;
    }
}
