namespace GrpcRouter;

/// <summary>Chooses the channel that a call goes to. Called once a call, from many threads.</summary>
public interface ILoadBalancer
{
    /// <summary>Picks a channel.</summary>
    /// <param name="channels">The channels that take calls; never empty. The list never changes.</param>
    /// <param name="context">What is known of the call.</param>
    InstanceChannel Pick(IReadOnlyList<InstanceChannel> channels, in PickContext context);
}
