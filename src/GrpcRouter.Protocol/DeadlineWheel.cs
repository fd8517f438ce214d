namespace GrpcRouter.Protocol;

/// <summary>
/// Deadlines of all calls: a hashed wheel, so that arming and disarming cost the same however many there are. Entries fire on time
/// or up to one tick late, never early. The timer runs only while there is something to wait for.
/// </summary>
public sealed class DeadlineWheel : IDisposable
{
    /// <summary>One tick, unless another is asked for: fine enough for deadlines on a local network, coarse enough to cost nothing.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    // 1,024 slots of 5 ms: one turn takes 5 s, and longer deadlines are passed over once a turn.
    private const int Slots = 1024;

    private readonly TimeProvider time;
    private readonly TimeSpan tick;
    private readonly long origin;
    private readonly DeadlineEntry?[] heads = new DeadlineEntry?[Slots];
    private readonly Lock[] gates = new Lock[Slots];
    private readonly Lock timerGate = new();
    private readonly ITimer timer;
    private long reached;
    private int count;
    private volatile bool running;

    /// <summary>Makes an empty wheel.</summary>
    /// <param name="time">The clock; its timer ticks.</param>
    /// <param name="tick">One tick, which is what keeping the time costs while something is armed; default <see cref="Tick"/>.</param>
    public DeadlineWheel(TimeProvider time, TimeSpan? tick = null)
    {
        this.time = time;
        this.tick = tick ?? Tick;
        origin = time.GetTimestamp();
        for (int i = 0; i < Slots; i++)
        {
            gates[i] = new Lock();
        }

        timer = time.CreateTimer(static state => ((DeadlineWheel)state!).Advance(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Entries that are armed.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Arms an entry that is not armed.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="due">From now; positive.</param>
    /// <param name="token">Given back to <see cref="DeadlineEntry.OnDue"/>.</param>
    public void Add(DeadlineEntry entry, TimeSpan due, long token)
    {
        // Counted before the look at the timer, which looks at the count after it has stopped.
        Interlocked.Increment(ref count);
        if (!running)
        {
            StartTimer();
        }

        entry.Token = token;
        entry.DueTick = (time.GetElapsedTime(origin).Ticks + due.Ticks + tick.Ticks - 1) / tick.Ticks;
        int slot = (int)(entry.DueTick % Slots);
        lock (gates[slot])
        {
            entry.Slot = slot;
            entry.Previous = null;
            entry.Next = heads[slot];
            if (entry.Next is not null)
            {
                entry.Next.Previous = entry;
            }

            heads[slot] = entry;
        }

        // The wheel may have passed the slot while the entry was on its way.
        long passed = Volatile.Read(ref reached);
        if (passed >= entry.DueTick)
        {
            Fire(slot, passed);
        }
    }

    /// <summary>Disarms; harmless when the entry has fired or is firing.</summary>
    public void Remove(DeadlineEntry entry)
    {
        int slot = Volatile.Read(ref entry.Slot);
        if (slot < 0)
        {
            return;
        }

        lock (gates[slot])
        {
            if (entry.Slot >= 0)
            {
                Unlink_NeedsLock(entry);
            }
        }
    }

    /// <summary>Stops the timer; what is armed never fires.</summary>
    public void Dispose() => timer.Dispose();

    private long Elapsed() => time.GetElapsedTime(origin).Ticks / tick.Ticks;

    private void StartTimer()
    {
        lock (timerGate)
        {
            if (!running)
            {
                Volatile.Write(ref reached, Elapsed() - 1);
                running = true;
                Run();
            }
        }
    }

    // In step with the ticks, or each entry would wait for the timer's own phase too. Timers count whole milliseconds.
    private void Run()
    {
        double left = tick.TotalMilliseconds - (time.GetElapsedTime(origin).TotalMilliseconds % tick.TotalMilliseconds);
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left)), tick);
    }

    private void Advance()
    {
        // A tick that finds another under way leaves the work to it.
        if (!timerGate.TryEnter())
        {
            return;
        }

        try
        {
            long now = Elapsed();
            long from = Math.Max(reached + 1, now - Slots + 1);
            Interlocked.Exchange(ref reached, now);
            for (long tick = from; tick <= now; tick++)
            {
                Fire((int)(tick % Slots), now);
            }

            if (Volatile.Read(ref count) == 0)
            {
                running = false;
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                Interlocked.MemoryBarrier();

                // An entry added just now saw a running timer; it must not be left without one.
                if (Volatile.Read(ref count) != 0)
                {
                    running = true;
                    Run();
                }
            }
        }
        finally
        {
            timerGate.Exit();
        }
    }

    private void Fire(int slot, long now)
    {
        while (true)
        {
            DeadlineEntry? due;
            long token;
            lock (gates[slot])
            {
                due = heads[slot];
                while (due is not null && due.DueTick > now)
                {
                    due = due.Next;
                }

                if (due is null)
                {
                    return;
                }

                token = due.Token;
                Unlink_NeedsLock(due);
            }

            due.OnDue(token);
        }
    }

    private void Unlink_NeedsLock(DeadlineEntry entry)
    {
        if (entry.Previous is null)
        {
            heads[entry.Slot] = entry.Next;
        }
        else
        {
            entry.Previous.Next = entry.Next;
        }

        if (entry.Next is not null)
        {
            entry.Next.Previous = entry.Previous;
        }

        entry.Previous = entry.Next = null;
        entry.Slot = -1;
        Interlocked.Decrement(ref count);
    }
}
