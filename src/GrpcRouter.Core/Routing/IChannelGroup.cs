namespace GrpcRouter;

/// <summary>Some of the channels that can be picked, kept by the registry with its lock held.</summary>
internal interface IChannelGroup
{
    /// <summary>A channel takes calls. It may not belong here.</summary>
    void Add(InstanceChannel channel);

    /// <summary>A channel takes calls no more.</summary>
    void Remove(InstanceChannel channel);

    /// <summary>The tenants that a channel which takes calls may serve have changed. It stays without a gap where it belonged and still does.</summary>
    /// <param name="channel">The channel, as it is now.</param>
    /// <param name="before">The tenants before; null: all.</param>
    void Regrant(InstanceChannel channel, IReadOnlySet<string>? before);

    /// <summary>The health or ejection of a channel's instance has changed.</summary>
    void Update(InstanceChannel channel);
}
