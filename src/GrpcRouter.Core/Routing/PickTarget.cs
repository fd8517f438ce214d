namespace GrpcRouter;

/// <summary>A subset and the policy that picks in it. Each list of the subset has a balancer of its own, because a balancer keeps what belongs to a list.</summary>
internal sealed class PickTarget(Subset subset, Func<ILoadBalancer> makeBalancer, bool isExclusive)
{
    private readonly ILoadBalancer?[] balancers = new ILoadBalancer?[Subset.Localities + 1];

    public Subset Subset => subset;

    /// <summary>A retry must not go to another instance than the policy names.</summary>
    public bool IsExclusive => isExclusive;

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

        int list = set.Only >= 0 ? set.Only : set.Choose(call.Next(100));
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

    private ILoadBalancer Make(int list)
    {
        ILoadBalancer made = makeBalancer();
        return Interlocked.CompareExchange(ref balancers[list], made, null) ?? made;
    }
}
