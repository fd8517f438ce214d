namespace GrpcRouter;

/// <summary>An instance that keys lead to, with its channels at the time. Its place depends on its id alone, so it keeps its keys over a reconnect.</summary>
internal sealed class HashOwner(ServiceInstance instance)
{
    private readonly List<InstanceChannel> channels = [];

    public ServiceInstance Instance => instance;

    public uint Weight { get; private set; }

    /// <summary>The instances of a snapshot, in the order of their ids.</summary>
    public static HashOwner[] Of(InstanceSnapshot instances)
    {
        Dictionary<ServiceInstance, HashOwner> owners = new(instances.Count);
        foreach (InstanceChannel channel in instances)
        {
            if (!owners.TryGetValue(channel.Instance, out HashOwner? owner))
            {
                owners[channel.Instance] = owner = new HashOwner(channel.Instance);
            }

            owner.channels.Add(channel);
            owner.Weight = Math.Max(owner.Weight, channel.Weight);
        }

        HashOwner[] sorted = [.. owners.Values];
        Array.Sort(sorted, static (one, other) => string.CompareOrdinal(one.Instance.Id, other.Instance.Id));
        return sorted;
    }

    /// <summary>A channel that takes calls; null when there is none.</summary>
    public InstanceChannel? ChannelFor(in PickContext call)
    {
        int start = channels.Count == 1 ? 0 : call.Next(channels.Count);
        for (int i = 0; i < channels.Count; i++)
        {
            InstanceChannel channel = channels[(start + i) % channels.Count];
            if (channel.State == InstanceState.Ready)
            {
                return channel;
            }
        }

        // It may have come back since. With other labels it may not belong here any more.
        return instance.ChannelFor(call) is { State: InstanceState.Ready } successor && HasLabels(successor, channels[0].Labels) ? successor : null;
    }

    private static bool HasLabels(InstanceChannel channel, IReadOnlyDictionary<string, string> labels)
    {
        if (channel.Labels.Count != labels.Count)
        {
            return false;
        }

        foreach ((string key, string value) in labels)
        {
            if (!channel.Labels.TryGetValue(key, out string? its) || its != value)
            {
                return false;
            }
        }

        return true;
    }
}
