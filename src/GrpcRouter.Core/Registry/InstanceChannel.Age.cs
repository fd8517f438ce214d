using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>A channel does not stay for ever, so that load and credentials move on.</content>
public sealed partial class InstanceChannel
{
    // What an instance says in Hello.features when it can change channels without a gap.
    private const string RenewFeature = "renew";

    private const string AgeReached = "The channel has reached its age.";

    private string? drainedBy;
    private bool canRenew;
    private long ageTicks;
    private long dueAt = long.MaxValue;

    /// <summary>Who made the channel drain, one of <see cref="Drainers"/>; null while it does not.</summary>
    internal string? DrainedBy => Volatile.Read(ref drainedBy);

    private void SetAge()
    {
        RouterHub hub = router.Hub;
        if (hub.Options.MaxChannelAge is { } age)
        {
            ageTicks = Ticks(AgeSpread.Of(age, hub.NextRandom()));
            dueAt = hub.Time.GetTimestamp() + ageTicks;
        }
    }

    private void TickAge(long now)
    {
        if (now < dueAt || State != InstanceState.Ready)
        {
            return;
        }

        router.Hub.Log.ChannelAged(router.Service.FullName, InstanceId, Stripe, Peer, canRenew);
        if (canRenew)
        {
            // The instance goes on trying by itself. It is asked again rather than drained, because it may have no other channel to serve on.
            dueAt = now + ageTicks;
            Send(new RouterControl { Renew = new Renew { Reason = AgeReached } });
        }
        else
        {
            BeginDrain(AgeReached, drainer: Drainers.Channel);
        }
    }
}
