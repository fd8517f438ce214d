namespace GrpcRouter;

/// <summary>Of two channels, the one whose instance's recent latency times its calls under way is less. A stream counts until it ends.</summary>
internal sealed class PeakEwmaBalancer : ChoiceBalancer
{
    // One that has no latency yet, or has answered at once so far, is not to get all calls before it has shown how long they take.
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(1);

    private readonly double floor;
    private readonly long decay;
    private long now;

    public PeakEwmaBalancer(LoadBalancerContext context)
        : base(choices: 2, context)
    {
        TimeProvider time = context.Time;
        floor = Floor.TotalSeconds * time.TimestampFrequency;
        decay = PeakLatency.DecayOf(context.LoadBalancing, time);
        now = time.GetTimestamp();
    }

    public override void OnTick(InstanceSnapshot instances, long now)
    {
        Volatile.Write(ref this.now, now);
        base.OnTick(instances, now);
    }

    protected override double CostOf(ServiceInstance instance) =>
        Math.Max(floor, instance.Latency.At(Volatile.Read(ref now), decay)) * (instance.ActiveCalls + 1) / SlowStart.FactorOf(instance);
}
