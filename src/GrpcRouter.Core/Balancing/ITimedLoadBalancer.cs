namespace GrpcRouter;

/// <summary>A policy that has something to do as time passes, such as to take up new weights.</summary>
public interface ITimedLoadBalancer : ILoadBalancer
{
    /// <summary>Called about once a second, by one thread at a time, while calls are picked.</summary>
    /// <param name="instances">The latest snapshot.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    void OnTick(InstanceSnapshot instances, long now);
}
