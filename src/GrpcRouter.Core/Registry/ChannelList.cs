namespace GrpcRouter;

/// <summary>Channels that come and go, and the immutable list of those that are there. Guarded by the registry's lock; the list is read without.</summary>
internal sealed class ChannelList
{
    private readonly Dictionary<InstanceChannel, int> places = [];
    private SharedList<InstanceChannel> list = SharedList<InstanceChannel>.Empty;

    public int Count => list.Count;

    public InstanceSnapshot Snapshot { get; private set; } = InstanceSnapshot.Empty;

    public bool Contains(InstanceChannel channel) => places.ContainsKey(channel);

    /// <returns>False when it was there already.</returns>
    public bool Add(InstanceChannel channel)
    {
        if (!places.TryAdd(channel, list.Count))
        {
            return false;
        }

        Set(list.Add(channel));
        return true;
    }

    /// <returns>False when it was not there.</returns>
    public bool Remove(InstanceChannel channel)
    {
        if (!places.Remove(channel, out int index))
        {
            return false;
        }

        // The last one takes its place.
        SharedList<InstanceChannel> rest = list.RemoveAt(index);
        if (index < rest.Count)
        {
            places[rest[index]] = index;
        }

        Set(rest);
        return true;
    }

    private void Set(SharedList<InstanceChannel> changed)
    {
        list = changed;
        Snapshot = new InstanceSnapshot(changed);
    }
}
