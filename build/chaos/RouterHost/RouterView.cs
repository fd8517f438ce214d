namespace GrpcRouter.Chaos;

/// <summary>Counts what a router holds.</summary>
internal sealed class RouterView(RouterHub hub)
{
    public RouterCounts Count(bool collect)
    {
        if (collect)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        ServiceRouter[] routers = [.. hub.Routers];
        return new RouterCounts(
            routers.Sum(static router => router.ActiveCalls),
            routers.Sum(static router => router.OpenChannels),
            [.. routers.SelectMany(static router => router.Instances).Where(static channel => channel.State == InstanceState.Ready).Select(static channel => channel.InstanceId).Order(StringComparer.Ordinal)],
            routers.Sum(static router => router.Instances.Sum(static channel => channel.ActiveCalls)),
            hub.Deadlines.Count,
            routers.Sum(static router => router.Waiting.Count),
            hub.ReplayBytes.Used,
            ThreadPool.PendingWorkItemCount,
            Timer.ActiveCount,
            GC.GetTotalMemory(forceFullCollection: false));
    }
}
