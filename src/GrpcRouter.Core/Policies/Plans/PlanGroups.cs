namespace GrpcRouter;

/// <summary>The groups of channels that a plan picks from, which the registry keeps filled as long as calls may pick by the plan.</summary>
internal sealed class PlanGroups(InstanceRegistry registry)
{
    private readonly List<IChannelGroup> groups = [];
    private bool released;

    /// <summary>Fills a group, and keeps it filled. One that comes too late stays empty.</summary>
    public TGroup Add<TGroup>(TGroup group)
        where TGroup : IChannelGroup => registry.Quietly(() =>
        {
            if (!released)
            {
                groups.Add(registry.AddGroup(group));
            }

            return group;
        });

    /// <summary>No call picks from them any more.</summary>
    public void Release() => registry.Quietly(() =>
    {
        registry.RemoveGroups(groups);
        groups.Clear();
        return released = true;
    });
}
