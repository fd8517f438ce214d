namespace GrpcRouter;

/// <summary>Picks channels in turn, in proportion to weights, evenly spread. The weights are taken up once a second.</summary>
internal sealed class StrideBalancer : ITimedLoadBalancer
{
    // A schedule of so many takes microseconds.
    private const int Small = 256;

    private readonly TimeProvider time;
    private readonly LoadWeights? weights;
    private readonly SlowStart slowStart;
    private readonly SnapshotTable<Schedule> schedules;
    private ulong turns;

    /// <param name="context">What it is made from.</param>
    /// <param name="weights">Null when all instances have the same.</param>
    public StrideBalancer(LoadBalancerContext context, LoadWeights? weights)
    {
        time = context.Time;
        this.weights = weights;
        slowStart = new SlowStart(context.SlowStart, context.Time);
        schedules = new SnapshotTable<Schedule>(Make, Small);
    }

    public InstanceChannel Pick(InstanceSnapshot instances, in PickContext call)
    {
        Schedule schedule = schedules.For(instances, out bool isStale);
        for (int i = 0; isStale && i < Small; i++)
        {
            InstanceChannel channel = schedule.Next(ref turns);
            if (channel.State == InstanceState.Ready && channel.Instance.IsWell)
            {
                return channel;
            }
        }

        return (isStale ? schedules.Build(instances) : schedule).Next(ref turns);
    }

    public void OnTick(InstanceSnapshot instances, long now)
    {
        slowStart.OnTick(now);
        if (instances.Count == 0)
        {
            schedules.Clear();
        }
        else if (weights is not null || slowStart.IsOn)
        {
            schedules.Build(instances, anew: true);
        }
    }

    private Schedule Make(InstanceSnapshot instances)
    {
        double[] shares;
        if (weights is null)
        {
            shares = new double[instances.Count];
            Array.Fill(shares, 1);
        }
        else
        {
            shares = weights.Of(instances, time.GetTimestamp());
        }

        for (int i = 0; slowStart.IsOn && i < shares.Length; i++)
        {
            shares[i] *= slowStart.FactorOf(instances[i].Instance);
        }

        return new Schedule(instances, new StrideSchedule(shares));
    }

    private sealed record Schedule(InstanceSnapshot Instances, StrideSchedule Order)
    {
        public InstanceChannel Next(ref ulong turns) => Instances[Order.Next(ref turns)];
    }
}
