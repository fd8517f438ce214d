namespace GrpcRouter;

/// <summary>Picks any channel, each as likely.</summary>
internal sealed class RandomBalancer : ILoadBalancer
{
    public InstanceChannel Pick(InstanceSnapshot instances, in PickContext call) => instances[instances.Count == 1 ? 0 : call.Next(instances.Count)];
}
