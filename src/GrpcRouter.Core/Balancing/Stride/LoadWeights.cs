namespace GrpcRouter;

/// <summary>
/// Weights of channels by the load reports of their instances: calls a second over utilization, which errors add to (gRFC A58). Fewer than two reports that can be
/// used say nothing of who does better; then the weights are those that the instances registered with.
/// </summary>
internal sealed class LoadWeights(LoadBalancerContext context)
{
    // One report of a moment without load must neither draw all calls nor end them all; the bound above also bounds the turns of a pick.
    private const double MostOfMean = 10;
    private const double LeastOfMean = 0.1;

    private readonly long blackout = Ticks(context, context.LoadBalancing.BlackoutPeriod ?? TimeSpan.FromSeconds(10));
    private readonly long expiration = Ticks(context, context.LoadBalancing.WeightExpiration ?? TimeSpan.FromMinutes(3));
    private readonly double penalty = context.LoadBalancing.ErrorPenalty ?? 1;
    private readonly string? signal = context.LoadBalancing.WeightSignal;

    /// <summary>The weight of each channel, by its place.</summary>
    public double[] Of(InstanceSnapshot instances, long now)
    {
        double[] weights = new double[instances.Count];
        double sum = 0;
        int usable = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            ServiceInstance instance = instances[i].Instance;
            if (instance.Load is { } load && Of(load, now) is > 0 and double weight)
            {
                // What an instance does, all of its channels do.
                weights[i] = weight / Math.Max(1, instance.Channels.Count);
                sum += weights[i];
                usable++;
            }
        }

        if (usable < 2)
        {
            return Registered(instances);
        }

        double mean = sum / usable;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = weights[i] > 0 ? Math.Clamp(weights[i], mean * LeastOfMean, mean * MostOfMean) : mean;
        }

        return weights;
    }

    /// <summary>The weight that a report makes; 0 when it does not count.</summary>
    public double Of(LoadSnapshot load, long now)
    {
        if (now - load.At >= expiration || now - load.Since < blackout || load.CallsPerSecond <= 0)
        {
            return 0;
        }

        double utilization = signal is null ? load.Utilization : load.Named.GetValueOrDefault(signal);
        return utilization <= 0 ? 0 : load.CallsPerSecond / (utilization + (load.ErrorsPerSecond / load.CallsPerSecond * penalty));
    }

    private static double[] Registered(InstanceSnapshot instances)
    {
        double[] weights = new double[instances.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = instances[i].Weight;
        }

        return weights;
    }

    private static long Ticks(LoadBalancerContext context, TimeSpan span) => (long)(span.TotalSeconds * context.Time.TimestampFrequency);
}
