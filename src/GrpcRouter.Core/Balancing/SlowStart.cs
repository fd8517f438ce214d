namespace GrpcRouter;

/// <summary>What part of its full share a fresh instance gets: it grows with the time since the instance came. Time moves with the policy's ticks.</summary>
internal sealed class SlowStart
{
    private readonly long window;
    private readonly double exponent;
    private readonly double least;
    private long now;

    public SlowStart(SlowStartOptions options, TimeProvider time)
    {
        window = (long)((options.Window ?? TimeSpan.Zero).TotalSeconds * time.TimestampFrequency);
        exponent = 1 / (options.Aggression ?? 1);
        least = (options.MinWeightPercent ?? 10) / 100.0;
        now = time.GetTimestamp();
    }

    public bool IsOn => window > 0;

    public void OnTick(long timestamp) => Volatile.Write(ref now, timestamp);

    /// <summary>The part of its full share, up to 1.</summary>
    public double FactorOf(ServiceInstance instance)
    {
        if (window == 0)
        {
            return 1;
        }

        long since = Volatile.Read(ref now) - instance.ReadySince;
        return since >= window ? 1 : Math.Max(least, Math.Pow(Math.Max(0, since) / (double)window, exponent));
    }
}
