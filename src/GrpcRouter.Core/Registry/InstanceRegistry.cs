namespace GrpcRouter;

/// <summary>
/// The channels and instances of one service, and the subsets of them that calls go to. Readers take immutable lists that are swapped whole, and no lock.
/// </summary>
internal sealed class InstanceRegistry
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string InstanceId, uint Stripe), InstanceChannel> registered = [];
    private readonly Dictionary<string, ServiceInstance> instances = new(StringComparer.Ordinal);
    private readonly ChannelList ready = new();
    private IChannelGroup[] groups = [];
    private TaskCompletionSource? changed;
    private long version;

    /// <summary>Grows with each change of what can be picked.</summary>
    public long Version => Volatile.Read(ref version);

    /// <summary>Called with the lock held when what can be picked has changed; must return at once.</summary>
    public Action? OnChanged { get; set; }

    /// <summary>The channels that take calls, whether their instances are well or not.</summary>
    public InstanceSnapshot Pickable => ready.Snapshot;

    /// <summary>Ends when what can be picked changes after the read.</summary>
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

    /// <summary>Groups that are kept filled.</summary>
    public int GroupCount
    {
        get
        {
            lock (gate)
            {
                return groups.Length;
            }
        }
    }

    /// <summary>All known instances, those among them that are ejected and have no channel at the moment.</summary>
    public ServiceInstance[] Instances
    {
        get
        {
            lock (gate)
            {
                return [.. instances.Values];
            }
        }
    }

    /// <summary>Fills a group with the channels that are there, and keeps it filled.</summary>
    public TGroup AddGroup<TGroup>(TGroup group)
        where TGroup : IChannelGroup
    {
        lock (gate)
        {
            foreach (InstanceChannel channel in ready.Snapshot)
            {
                group.Add(channel);
            }

            groups = [.. groups, group];
            return group;
        }
    }

    /// <summary>Lets go of groups.</summary>
    public void RemoveGroups(IReadOnlyCollection<IChannelGroup> gone)
    {
        HashSet<IChannelGroup> leaving = [.. gone];
        lock (gate)
        {
            groups = [.. groups.Where(group => !leaving.Contains(group))];
        }
    }

    /// <summary>Does something while no channel comes or goes.</summary>
    public T Quietly<T>(Func<T> action)
    {
        lock (gate)
        {
            return action();
        }
    }

    /// <summary>Adds a channel. An older registration of the same instance and stripe is replaced and given back, to be told.</summary>
    /// <param name="channel">The channel, with all that its instance says of itself.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <param name="rule">What its identity may have; null: all.</param>
    /// <param name="replaced">The channel whose place it took.</param>
    public RegistryAnswer TryAdd(InstanceChannel channel, long now, RegistrationRule? rule, out InstanceChannel? replaced)
    {
        lock (gate)
        {
            if (registered.TryGetValue((channel.InstanceId, channel.Stripe), out replaced) && replaced.Epoch > channel.Epoch && IsOwner(replaced, channel))
            {
                return RegistryAnswer.Newer;
            }

            if (instances.TryGetValue(channel.InstanceId, out ServiceInstance? there) && there.Channels.Any(other => !IsOwner(other, channel)))
            {
                return RegistryAnswer.Foreign;
            }

            if (rule is { MaxInstances: < int.MaxValue } or { MaxChannels: < int.MaxValue } && IsFull_NeedsLock(channel, replaced, rule))
            {
                return RegistryAnswer.Full;
            }

            ServiceInstance instance = InstanceOf_NeedsLock(channel.InstanceId, now);
            channel.Instance = instance;
            instance.Add_NeedsLock(channel);
            registered[(channel.InstanceId, channel.Stripe)] = channel;

            // One that drains already was withdrawn before it came, or finds itself in the list when it is.
            if (channel.State == InstanceState.Ready && ready.Add(channel))
            {
                foreach (IChannelGroup group in groups)
                {
                    group.Add(channel);
                }
            }

            // Not before: lists are read without the lock, and none may be without both.
            if (replaced is not null)
            {
                Withdraw_NeedsLock(replaced);
            }

            Publish_NeedsLock();
            return RegistryAnswer.Added;
        }
    }

    /// <summary>The channel takes no more calls; it stays registered.</summary>
    public void Withdraw(InstanceChannel channel)
    {
        lock (gate)
        {
            if (Withdraw_NeedsLock(channel))
            {
                Publish_NeedsLock();
            }
        }
    }

    /// <summary>The health of an instance has changed, or it was ejected or has come back.</summary>
    public void Update(ServiceInstance instance)
    {
        lock (gate)
        {
            foreach (InstanceChannel channel in instance.Channels)
            {
                foreach (IChannelGroup group in groups)
                {
                    group.Update(channel);
                }
            }

            Publish_NeedsLock();
        }
    }

    /// <summary>Changes the tenants that a channel may serve.</summary>
    public void Regrant(InstanceChannel channel, Action change)
    {
        lock (gate)
        {
            IReadOnlySet<string>? before = channel.Tenants;
            change();
            foreach (IChannelGroup group in ready.Contains(channel) ? groups : [])
            {
                group.Regrant(channel, before);
            }

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
            }

            if (channel.Instance is { } instance)
            {
                instance.Remove_NeedsLock(channel);
                Forget_NeedsLock(instance);
            }

            if (Withdraw_NeedsLock(channel))
            {
                Publish_NeedsLock();
            }
        }
    }

    /// <summary>Forgets an instance without channels, unless it is ejected: it must not be able to shake that off by a reconnect.</summary>
    public void Forget(ServiceInstance instance)
    {
        lock (gate)
        {
            Forget_NeedsLock(instance);
        }
    }

    private void Forget_NeedsLock(ServiceInstance instance)
    {
        if (instance.Channels.Count == 0 && !instance.IsEjected)
        {
            instances.Remove(instance.Id);
        }
    }

    private ServiceInstance InstanceOf_NeedsLock(string id, long now)
    {
        if (!instances.TryGetValue(id, out ServiceInstance? instance))
        {
            instances[id] = instance = new ServiceInstance(id);
        }

        if (instance.Channels.Count == 0)
        {
            instance.ReadySince = now;
        }

        return instance;
    }

    // Whoever holds an id is who it has proved to be, and in the same way.
    private static bool IsOwner(InstanceChannel channel, InstanceChannel other) =>
        channel.Identity?.Scheme == other.Identity?.Scheme && channel.Identity?.Name == other.Identity?.Name;

    // Channels that drain are on their way out, so that a renewal needs no room.
    private bool IsFull_NeedsLock(InstanceChannel channel, InstanceChannel? replaced, RegistrationRule rule)
    {
        HashSet<string> ids = new(StringComparer.Ordinal) { channel.InstanceId };
        int count = 1;
        foreach (InstanceChannel other in registered.Values)
        {
            if (!ReferenceEquals(other, replaced) && other.State == InstanceState.Ready && IsOwner(other, channel))
            {
                ids.Add(other.InstanceId);
                count++;
            }
        }

        return ids.Count > rule.MaxInstances || count > rule.MaxChannels;
    }

    private bool Withdraw_NeedsLock(InstanceChannel channel)
    {
        if (!ready.Remove(channel))
        {
            return false;
        }

        foreach (IChannelGroup group in groups)
        {
            group.Remove(channel);
        }

        return true;
    }

    private void Publish_NeedsLock()
    {
        Volatile.Write(ref version, version + 1);
        changed?.SetResult();
        changed = null;
        OnChanged?.Invoke();
    }
}
