namespace GrpcRouter;

/// <summary>The groups of channels that a plan picks from, which the registry keeps filled as long as calls may pick by the plan.</summary>
internal sealed class PlanGroups(InstanceRegistry registry)
{
    private readonly List<IChannelGroup> groups = [];

    /// <summary>Fills a group, and keeps it filled.</summary>
    public TGroup Add<TGroup>(TGroup group)
        where TGroup : IChannelGroup
    {
        lock (groups)
        {
            groups.Add(group);
        }

        return registry.AddGroup(group);
    }

    /// <summary>No call picks from them any more.</summary>
    public void Release()
    {
        lock (groups)
        {
            registry.RemoveGroups(groups);
            groups.Clear();
        }
    }
}
