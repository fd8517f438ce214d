namespace GrpcRouter.Protocol;

/// <summary>
/// The credit a receiver gave for one call and direction, in bytes. It comes back in batches of half a window. A window that is
/// used up within two round trips is what limits the call, so it doubles, up to its maximum and the channel's budget.
/// </summary>
public sealed class ReceiveWindow
{
    private WindowBudget? budget;
    private int initialSize;
    private int maximum;
    private int size;
    private int consumed;
    private long outstanding;
    private long lastGrant;

    /// <summary>Makes the window of one call.</summary>
    /// <inheritdoc cref="Reset"/>
    public ReceiveWindow(int initial, int maximum, WindowBudget? budget) => Reset(initial, maximum, budget);

    /// <summary>Makes a window that takes nothing until <see cref="Reset"/>.</summary>
    public ReceiveWindow()
    {
    }

    /// <summary>Starts over for another call.</summary>
    /// <param name="initial">Credit when the call starts.</param>
    /// <param name="maximum">Largest window.</param>
    /// <param name="budget">What all windows of the channel may grow by; null when none may.</param>
    public void Reset(int initial, int maximum, WindowBudget? budget)
    {
        this.budget = budget;
        this.maximum = maximum;
        initialSize = size = initial;
        consumed = 0;
        lastGrant = 0;
        Volatile.Write(ref outstanding, initial);
    }

    /// <summary>The window as it is now.</summary>
    public int Size => size;

    /// <summary>
    /// Bytes that came and that the call has not passed on. Read from any thread: while the call runs it may be off by what is just under way.
    /// </summary>
    public long Held => Math.Max(0, Volatile.Read(ref size) - Volatile.Read(ref outstanding) - Volatile.Read(ref consumed));

    /// <summary>Notes bytes that came. Called by the reader of the channel.</summary>
    /// <returns>False when the sender had no credit for them.</returns>
    public bool TryReceive(long cost) => Interlocked.Add(ref outstanding, -cost) >= 0;

    /// <summary>Notes bytes that the call has passed on or discarded. Called by the call's one consumer.</summary>
    /// <param name="cost">Bytes.</param>
    /// <param name="now">A monotonic clock.</param>
    /// <param name="roundTrip">The channel's round trip on that clock; 0 when not known.</param>
    /// <returns>Credit to send now, or 0 while it is less than half a window.</returns>
    public long Consume(int cost, long now, long roundTrip)
    {
        consumed += cost;
        if (consumed < size / 2)
        {
            return 0;
        }

        long grant = consumed;
        consumed = 0;
        int growth = Math.Min(size, maximum - size);
        if (growth > 0 && lastGrant != 0 && now - lastGrant < 2 * roundTrip && budget?.TryTake(growth) == true)
        {
            size += growth;
            grant += growth;
        }

        lastGrant = now;
        Interlocked.Add(ref outstanding, grant);
        return grant;
    }

    /// <summary>Gives what the window grew by back to the channel's budget. Call it once, when the call ends.</summary>
    public void Close()
    {
        int grown = size - initialSize;
        size = initialSize;
        if (grown > 0)
        {
            budget!.Return(grown);
        }
    }
}
