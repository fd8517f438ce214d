namespace GrpcRouter;

/// <summary>The channels of one service. Readers take an immutable list that is swapped whole, and no lock.</summary>
internal sealed class InstanceRegistry
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string InstanceId, uint Stripe), InstanceChannel> registered = [];
    private SharedList<InstanceChannel> pickable = SharedList<InstanceChannel>.Empty;
    private TaskCompletionSource? changed;

    /// <summary>The channels that take calls.</summary>
    public SharedList<InstanceChannel> Pickable => Volatile.Read(ref pickable);

    /// <summary>Ends when the list of channels that take calls changes after the read.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
            {
                return (changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>All registered channels, draining ones too.</summary>
    public InstanceChannel[] All
    {
        get
        {
            lock (gate)
            {
                return [.. registered.Values];
            }
        }
    }

    /// <summary>Adds a channel. An older registration of the same identity is replaced and given back, to be told.</summary>
    /// <returns>False when the one there is newer: a late one must not take over.</returns>
    public bool TryAdd(InstanceChannel channel, out InstanceChannel? replaced)
    {
        lock (gate)
        {
            if (registered.TryGetValue((channel.InstanceId, channel.Stripe), out replaced) && replaced.Epoch > channel.Epoch)
            {
                return false;
            }

            registered[(channel.InstanceId, channel.Stripe)] = channel;
            SharedList<InstanceChannel> list = replaced is null ? pickable : Without_NeedsLock(replaced);

            // One that drains already was withdrawn before it came, or finds itself in the list when it is.
            if (channel.State == InstanceState.Ready)
            {
                channel.PickIndex = list.Count;
                list = list.Add(channel);
            }

            Publish_NeedsLock(list);
            return true;
        }
    }

    /// <summary>The channel takes no more calls; it stays registered.</summary>
    public void Withdraw(InstanceChannel channel)
    {
        lock (gate)
        {
            Publish_NeedsLock(Without_NeedsLock(channel));
        }
    }

    /// <summary>Removes a channel, unless a newer one has its place by now.</summary>
    public void Remove(InstanceChannel channel)
    {
        lock (gate)
        {
            if (registered.TryGetValue((channel.InstanceId, channel.Stripe), out InstanceChannel? current) && ReferenceEquals(current, channel))
            {
                registered.Remove((channel.InstanceId, channel.Stripe));
                Publish_NeedsLock(Without_NeedsLock(channel));
            }
        }
    }

    private SharedList<InstanceChannel> Without_NeedsLock(InstanceChannel channel)
    {
        int index = channel.PickIndex;
        if (index < 0)
        {
            return pickable;
        }

        SharedList<InstanceChannel> list = pickable.RemoveAt(index);
        channel.PickIndex = -1;
        if (index < list.Count)
        {
            list[index].PickIndex = index;
        }

        return list;
    }

    private void Publish_NeedsLock(SharedList<InstanceChannel> list)
    {
        if (ReferenceEquals(list, pickable))
        {
            return;
        }

        Volatile.Write(ref pickable, list);
        changed?.SetResult();
        changed = null;
    }
}
