using System.Collections;

namespace GrpcRouter;

/// <summary>The channels that may be picked, at one moment. It never changes; its order means nothing.</summary>
public sealed class InstanceSnapshot : IReadOnlyList<InstanceChannel>
{
    private readonly SharedList<InstanceChannel> channels;
    private Dictionary<string, InstanceChannel>? byId;
    private Dictionary<ulong, InstanceChannel>? bySession;

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
        Dictionary<string, InstanceChannel>? index = Volatile.Read(ref byId);
        if (index is null)
        {
            index = new Dictionary<string, InstanceChannel>(Count, StringComparer.Ordinal);
            foreach (InstanceChannel channel in channels)
            {
                index.TryAdd(channel.Instance.Id, channel);
            }

            Volatile.Write(ref byId, index);
        }

        return index.GetValueOrDefault(instanceId);
    }

    /// <summary>Finds a channel of the instance that sessions of this number are pinned to.</summary>
    internal InstanceChannel? FindSession(ulong session)
    {
        Dictionary<ulong, InstanceChannel>? index = Volatile.Read(ref bySession);
        if (index is null)
        {
            index = new Dictionary<ulong, InstanceChannel>(Count);
            foreach (InstanceChannel channel in channels)
            {
                index.TryAdd(channel.Instance.Session, channel);
            }

            Volatile.Write(ref bySession, index);
        }

        return index.GetValueOrDefault(session);
    }

    /// <inheritdoc/>
    public IEnumerator<InstanceChannel> GetEnumerator() => channels.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
