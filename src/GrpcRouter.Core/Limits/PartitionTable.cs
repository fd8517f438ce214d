using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>
/// The partitions of a rule, each with a limiter. Peers choose what many of them are named, so there are only so many; what comes while the table is full shares one
/// limiter more. A reader takes no lock, and a partition that remembers nothing leaves with the next sweep.
/// </summary>
internal sealed class PartitionTable(LimiterPlan plan, int most, TimeProvider time, ILogger log)
{
    private readonly ConcurrentDictionary<PartitionKey, Limiter> partitions = new();

    // Of what is named by the .proto, and bounded by it.
    private readonly ConcurrentDictionary<PartitionKey, Limiter> kept = new();
    private Limiter? overflow;
    private int count;

    /// <summary>Partitions that leave when they are idle.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Gives a partition that stays.</summary>
    public Limiter Keep(PartitionKey key) => kept.GetOrAdd(key, static (key, table) => table.Make(key), this);

    /// <summary>Lets a call in.</summary>
    /// <param name="key">Its partition.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <param name="limiter">Where it is counted.</param>
    /// <param name="lease">See <see cref="Limiter.TryAcquire"/>.</param>
    /// <param name="wait">See <see cref="Limiter.TryAcquire"/>.</param>
    public bool TryAcquire(in PartitionKey key, long now, out Limiter limiter, out RateLimitLease? lease, out long wait)
    {
        while (true)
        {
            limiter = Find(key);
            switch (limiter.TryAcquire(now, out lease, out wait))
            {
                case LimiterAnswer.Granted:
                    return true;
                case LimiterAnswer.Refused:
                    return false;
                default:
                    // Whoever retired it is about to remove it; the first of both does.
                    Remove(key, limiter);
                    break;
            }
        }
    }

    /// <summary>Removes the idle ones.</summary>
    public void Sweep(long now)
    {
        foreach ((PartitionKey key, Limiter limiter) in partitions)
        {
            if (limiter.TryRetire(now))
            {
                Remove(key, limiter);
            }
        }
    }

    private Limiter Find(in PartitionKey key)
    {
        Limiter? limiter;
        while (!partitions.TryGetValue(key, out limiter))
        {
            if (Interlocked.Increment(ref count) > most)
            {
                Interlocked.Decrement(ref count);
                return Volatile.Read(ref overflow) ?? MakeOverflow();
            }

            limiter = Make(key);
            if (partitions.TryAdd(key, limiter))
            {
                break;
            }

            Interlocked.Decrement(ref count);
            limiter.TryRetire(time.GetTimestamp());
        }

        return limiter;
    }

    private void Remove(in PartitionKey key, Limiter limiter)
    {
        if (partitions.TryRemove(new KeyValuePair<PartitionKey, Limiter>(key, limiter)))
        {
            Interlocked.Decrement(ref count);
        }
    }

    private Limiter MakeOverflow()
    {
        Limiter made = plan.Create("", time, log);
        return Interlocked.CompareExchange(ref overflow, made, null) ?? made;
    }

    private Limiter Make(in PartitionKey key) => plan.Create(key.ToString(), time, log);
}
