namespace GrpcRouter;

/// <summary>Looks at a few channels at random, and picks the one whose instance costs least.</summary>
internal abstract class ChoiceBalancer(int choices, LoadBalancerContext context) : ITimedLoadBalancer
{
    protected SlowStart SlowStart { get; } = new(context.SlowStart, context.Time);

    public InstanceChannel Pick(InstanceSnapshot instances, in PickContext call)
    {
        int count = instances.Count;
        if (count == 1)
        {
            return instances[0];
        }

        int index = call.Next(count);
        InstanceChannel best = instances[index];
        double least = CostOf(best.Instance);
        for (int i = 1; i < choices; i++)
        {
            // Never the same twice in a row: of two instances both would be looked at only every other time.
            index = (index + 1 + call.Next(count - 1)) % count;
            InstanceChannel other = instances[index];
            double cost = CostOf(other.Instance);
            if (cost < least)
            {
                (best, least) = (other, cost);
            }
        }

        return best;
    }

    public virtual void OnTick(InstanceSnapshot instances, long now) => SlowStart.OnTick(now);

    protected abstract double CostOf(ServiceInstance instance);
}
