namespace GrpcRouter;

/// <summary>The calls of one tenant that are under way.</summary>
/// <param name="name">What it is called; empty for calls without one.</param>
internal sealed class Tenant(string name)
{
    private const int Gone = -1;

    private int calls;

    /// <summary>What the calls say.</summary>
    public string Name => name;

    /// <summary>Its calls; negative when it is no longer in the table.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>Counts one call more.</summary>
    /// <returns>False when there are as many as may be; null when the tenant has left the table.</returns>
    public bool? TryEnter(int limit)
    {
        int before = Volatile.Read(ref calls);
        while (before != Gone)
        {
            if (before >= limit)
            {
                return false;
            }

            int seen = Interlocked.CompareExchange(ref calls, before + 1, before);
            if (seen == before)
            {
                return true;
            }

            before = seen;
        }

        return null;
    }

    /// <returns>True when it was the last.</returns>
    public bool Exit() => Interlocked.Decrement(ref calls) == 0;

    /// <summary>Ends its life unless it has calls: none enters after that.</summary>
    public bool TryRetire() => Interlocked.CompareExchange(ref calls, Gone, 0) == 0;
}
