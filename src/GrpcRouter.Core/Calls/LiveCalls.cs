namespace GrpcRouter;

/// <summary>
/// The calls of a service that are under way. Those of each plan are counted by themselves, so that it is known when a plan that was replaced has seen its last call.
/// </summary>
internal sealed class LiveCalls
{
    private StripedCounter[] counters = [];

    /// <summary>What is there at the moment, never less than none.</summary>
    public int Sum => (int)Math.Max(0, Total);

    /// <summary>The same, as it was counted.</summary>
    public long Total
    {
        get
        {
            StripedCounter[] all = Volatile.Read(ref counters);
            long sum = 0;
            foreach (StripedCounter counter in all)
            {
                sum += counter.Total;
            }

            return sum;
        }
    }

    /// <summary>Counts another plan's calls too. Not to be called by several threads at once; nor is <see cref="Remove"/>.</summary>
    public void Add(StripedCounter counter) => Volatile.Write(ref counters, [.. counters, counter]);

    /// <summary>Counts them no more.</summary>
    public void Remove(StripedCounter counter) => Volatile.Write(ref counters, [.. counters.Where(other => other != counter)]);
}
