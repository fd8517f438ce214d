namespace GrpcRouter;

/// <summary>The channels of one service. Readers take an immutable list that is swapped whole, and no lock.</summary>
internal sealed class InstanceRegistry
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string InstanceId, uint Stripe), InstanceChannel> registered = [];
    private InstanceChannel[] pickable = [];
    private TaskCompletionSource changed = NewChanged();

    /// <summary>The channels that take calls.</summary>
    public InstanceChannel[] Pickable => Volatile.Read(ref pickable);

    /// <summary>Ends when the registry changes after the read.</summary>
    public Task Changed => Volatile.Read(ref changed).Task;

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
            Publish_NeedsLock();
            return true;
        }
    }

    /// <summary>The channel's state changed.</summary>
    public void Refresh()
    {
        lock (gate)
        {
            Publish_NeedsLock();
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
                Publish_NeedsLock();
            }
        }
    }

    private void Publish_NeedsLock()
    {
        Volatile.Write(ref pickable, [.. registered.Values.Where(static channel => channel.State == InstanceState.Ready)]);
        TaskCompletionSource before = changed;
        Volatile.Write(ref changed, NewChanged());
        before.SetResult();
    }

    private static TaskCompletionSource NewChanged() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
