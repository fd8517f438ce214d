using System.Globalization;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>A subset and the policy that picks in it. Each list of the subset has a balancer of its own, because a balancer keeps what belongs to a list.</summary>
internal sealed class PickTarget(Subset subset, PickRules rules)
{
    private readonly ILoadBalancer?[] balancers = new ILoadBalancer?[Subset.Localities + 1];

    public Subset Subset => subset;

    /// <summary>A retry must not go to another instance than the policy names.</summary>
    public bool IsExclusive => rules.IsExclusive;

    /// <summary>Channels that can be picked.</summary>
    public int Count => subset.Current.Count;

    /// <summary>Picks a channel; null when there is none.</summary>
    public InstanceChannel? Pick(in PickContext call)
    {
        PickSet set = subset.Current;
        if (set.Count == 0)
        {
            return null;
        }

        if (rules.KeepsSessions && call.Attempt == 0 && FindPinned(set, call) is { } pinned)
        {
            return pinned;
        }

        // What is named is meant, however it does and wherever it is.
        int list = rules.IsExclusive ? Subset.Panic : set.Only >= 0 ? set.Only : set.Choose(call.Next(100));
        return (Volatile.Read(ref balancers[list]) ?? Make(list)).Pick(set.Lists[list], call);
    }

    public void OnTick(long now)
    {
        PickSet set = subset.Current;
        for (int list = 0; list < balancers.Length; list++)
        {
            if (Volatile.Read(ref balancers[list]) is ITimedLoadBalancer balancer)
            {
                balancer.OnTick(set.Lists[list], now);
            }
        }
    }

    /// <summary>The instance that the call's session belongs to, also while that is about to leave (gRFC A55); null when it can serve no more.</summary>
    private static InstanceChannel? FindPinned(PickSet set, in PickContext call) =>
        call.GetMetadata(MetadataRules.SessionKey) is { } token
            && ulong.TryParse(token, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong session)
            && set.Lists[Subset.Panic].FindSession(session)?.Instance is { Health: not InstanceHealth.NotServing, IsEjected: false } instance
            && instance.ChannelFor(call) is { State: InstanceState.Ready } channel
            ? channel : null;

    private ILoadBalancer Make(int list)
    {
        ILoadBalancer made = rules.MakeBalancer();
        return Interlocked.CompareExchange(ref balancers[list], made, null) ?? made;
    }
}
