using System.Collections;
using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>The channels that may be picked, at one moment. It never changes; its order means nothing.</summary>
public sealed class InstanceSnapshot : IReadOnlyList<InstanceChannel>
{
    private readonly SharedList<InstanceChannel> channels;
    private FrozenDictionary<string, InstanceChannel>? byId;

    internal InstanceSnapshot(SharedList<InstanceChannel> channels) => this.channels = channels;

    /// <summary>No channel.</summary>
    public static InstanceSnapshot Empty { get; } = new(SharedList<InstanceChannel>.Empty);

    /// <summary>How many there are. An instance with parallel channels is there with each of them.</summary>
    public int Count => channels.Count;

    /// <inheritdoc/>
    public InstanceChannel this[int index] => channels[index];

    /// <summary>Finds a channel of an instance; null when it has none here. The first call of a snapshot makes an index.</summary>
    public InstanceChannel? Find(string instanceId)
    {
        byId ??= channels.DistinctBy(static channel => channel.InstanceId, StringComparer.Ordinal)
            .ToFrozenDictionary(static channel => channel.InstanceId, StringComparer.Ordinal);
        return byId.GetValueOrDefault(instanceId);
    }

    /// <inheritdoc/>
    public IEnumerator<InstanceChannel> GetEnumerator() => channels.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
