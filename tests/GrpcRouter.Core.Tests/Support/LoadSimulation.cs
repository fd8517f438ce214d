namespace GrpcRouter.Core.Tests;

/// <summary>Calls that come at random times and take what their instance takes, in a time of its own.</summary>
internal sealed class LoadSimulation(ILoadBalancer balancer, InstanceSnapshot instances, Func<string, TimeSpan> latencyOf, TimeProvider time)
{
    private readonly RoutedCall call = new();
    private readonly PickRandom random = new(seed: 11);
    private readonly PriorityQueue<(InstanceChannel Channel, ulong Id, long Taken), long> running = new();

    /// <summary>Gives how many calls each instance got.</summary>
    public Dictionary<string, int> Run(int calls, double perSecond)
    {
        Dictionary<string, int> counts = instances.ToDictionary(static channel => channel.InstanceId, static _ => 0);
        long now = time.GetTimestamp();
        long second = time.TimestampFrequency;
        long tick = now + second;
        for (int i = 0; i < calls; i++)
        {
            now += (long)(-Math.Log(1 - random.NextDouble()) / perSecond * second);
            End(now);
            while (tick <= now)
            {
                (balancer as ITimedLoadBalancer)?.OnTick(instances, tick);
                tick += second;
            }

            InstanceChannel channel = balancer.Pick(instances, Picks.Call())!;
            counts[channel.InstanceId]++;
            long taken = (long)(latencyOf(channel.InstanceId).TotalSeconds * second);
            running.Enqueue((channel, channel.Calls.Add(call), taken), now + taken);
        }

        End(long.MaxValue);
        return counts;
    }

    private void End(long until)
    {
        while (running.TryPeek(out var over, out long at) && at <= until)
        {
            running.Dequeue();
            over.Channel.Calls.Remove(over.Id);
            over.Channel.Instance.OnLatency(over.Taken, at, PeakLatency.DecayOf(new LoadBalancingOptions(), time));
        }
    }
}
