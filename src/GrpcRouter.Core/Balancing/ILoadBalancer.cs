namespace GrpcRouter;

/// <summary>
/// A load balancing policy: chooses the instance that a call goes to. There is one object for each method's setting and set of instances; it is
/// called from many threads at once, once for each attempt, and should neither lock nor allocate. What depends on the set alone is to be computed
/// when <see cref="Pick"/> meets a snapshot that it has not seen, or in the background, and not for each call.
/// </summary>
public interface ILoadBalancer
{
    /// <summary>Picks a channel of an instance.</summary>
    /// <param name="instances">The channels that may be picked; never empty. It never changes: another set of instances is another snapshot.</param>
    /// <param name="call">What is known of the call.</param>
    /// <returns>One of <paramref name="instances"/>; null when none will do, which ends the call UNAVAILABLE or lets it wait.</returns>
    InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call);
}
