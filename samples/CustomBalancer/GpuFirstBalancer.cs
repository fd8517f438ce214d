using GrpcRouter;

/// <summary>Picks the least busy of the instances with a GPU, and of all others only where none has one.</summary>
sealed class GpuFirstBalancer : ILoadBalancer
{
    public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call)
    {
        InstanceChannel? best = null;
        for (var i = 0; i < instances.Count; i++)
        {
            if (best is null || IsBetter(instances[i], best))
            {
                best = instances[i];
            }
        }

        return best;
    }

    static bool IsBetter(InstanceChannel one, InstanceChannel other) =>
        HasGpu(one) == HasGpu(other) ? one.ActiveCalls < other.ActiveCalls : HasGpu(one);

    static bool HasGpu(InstanceChannel instance) => instance.Labels.ContainsKey("gpu");
}
