namespace GrpcRouter;

/// <summary>
/// Token buckets by key, each as large as what may come in a minute. It holds so many keys and no more: those that come when it is full share one bucket.
/// </summary>
internal sealed class RateTable(TimeProvider time)
{
    // A key and its bucket take some 150 bytes, so all take 1.5 MB.
    private const int MaxKeys = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Bucket> buckets = new(StringComparer.Ordinal);
    private Bucket others = new(double.MaxValue, 0);
    private long sweptAt;

    /// <summary>Takes one from a key's bucket.</summary>
    /// <returns>False: it is empty.</returns>
    public bool TryTake(string key, int perMinute)
    {
        long now = time.GetTimestamp();
        lock (gate)
        {
            if (!buckets.TryGetValue(key, out Bucket bucket))
            {
                if (buckets.Count >= MaxKeys && !Sweep(now))
                {
                    return Take(ref others, perMinute, now);
                }

                bucket = new Bucket(perMinute, now);
            }

            bool taken = Take(ref bucket, perMinute, now);
            buckets[key] = bucket;
            return taken;
        }
    }

    private bool Take(ref Bucket bucket, int perMinute, long now)
    {
        double left = Math.Min(perMinute, bucket.Left + (time.GetElapsedTime(bucket.At, now).TotalMinutes * perMinute));
        bool taken = left >= 1;
        bucket = new Bucket(taken ? left - 1 : left, now);
        return taken;
    }

    // A bucket that was left alone for a minute is full, as a new one is.
    private bool Sweep(long now)
    {
        if (time.GetElapsedTime(sweptAt, now) > TimeSpan.FromSeconds(1))
        {
            sweptAt = now;
            foreach ((string key, Bucket bucket) in buckets)
            {
                if (time.GetElapsedTime(bucket.At, now) >= TimeSpan.FromMinutes(1))
                {
                    buckets.Remove(key);
                }
            }
        }

        return buckets.Count < MaxKeys;
    }

    private readonly record struct Bucket(double Left, long At);
}
