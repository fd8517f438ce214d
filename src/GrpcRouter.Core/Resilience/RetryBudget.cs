namespace GrpcRouter;

/// <summary>
/// What retries and hedges a service may have: a share of the calls of the last seconds and a minimum, and so many at once. Both sides of the comparison are counted in the same
/// window, so that however long everything fails, a call pays for its share of a retry once.
/// </summary>
/// <param name="ratio">Retries for each call, 0 and more.</param>
/// <param name="minPerSecond">Retries a second whatever the calls are, 0 and more.</param>
/// <param name="maxRetries">Retries under way at once; null: no limit.</param>
/// <param name="time">Measures the distance of timestamps.</param>
/// <param name="startedAt">Timestamp of the beginning: the minimum of the whole window is not there before the window has passed.</param>
internal sealed class RetryBudget(double ratio, double minPerSecond, int? maxRetries, TimeProvider time, long startedAt)
{
    /// <summary>Length of the window, in steps of a second.</summary>
    public const int Seconds = 10;

    // A fifth of five calls is one retry, and not a little less.
    private const double Rounding = 1e-6;

    private readonly StripedCounter calls = new();
    private readonly Lock gate = new();
    private readonly (long Calls, long Retries)[] marks = new (long, long)[Seconds];
    private Window window = new(0, 0, 0, minPerSecond);
    private long retries;
    private int running;

    /// <summary>Retries under way, as far as they are limited.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>A call has begun; to be counted once, however often it is tried.</summary>
    public void OnCall() => calls.Increment();

    /// <summary>Moves the window, so that calls count for the second they came in.</summary>
    public void OnTick(long now) => At(now);

    /// <summary>Takes the right to one retry, which is to be given back by <see cref="OnRetryDone"/>.</summary>
    /// <param name="now">A timestamp of the router's clock.</param>
    public bool TryTake(long now)
    {
        if (!TryBegin())
        {
            return false;
        }

        Window current = At(now);
        long before = Volatile.Read(ref retries);
        while (before + 1 - current.Retries <= (ratio * (calls.Total - current.Calls)) + current.Minimum + Rounding)
        {
            long seen = Interlocked.CompareExchange(ref retries, before + 1, before);
            if (seen == before)
            {
                return true;
            }

            before = seen;
        }

        OnRetryDone();
        return false;
    }

    /// <summary>A retry that was allowed is over.</summary>
    public void OnRetryDone()
    {
        if (maxRetries is not null)
        {
            Interlocked.Decrement(ref running);
        }
    }

    private bool TryBegin()
    {
        if (maxRetries is not { } limit || Interlocked.Increment(ref running) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref running);
        return false;
    }

    private Window At(long now)
    {
        Window current = Volatile.Read(ref window);
        long second = (long)time.GetElapsedTime(startedAt, now).TotalSeconds;
        return second <= current.Second ? current : Move(second);
    }

    private Window Move(long second)
    {
        lock (gate)
        {
            if (second <= window.Second)
            {
                return window;
            }

            // Seconds that nobody looked at have nothing of their own: what came in them counts for the one before.
            (long, long) mark = (calls.Total, Volatile.Read(ref retries));
            for (long begun = Math.Max(window.Second, second - Seconds) + 1; begun <= second; begun++)
            {
                marks[begun % Seconds] = mark;
            }

            (long callsBefore, long retriesBefore) = second < Seconds ? default : marks[(second + 1) % Seconds];
            Window moved = new(second, callsBefore, retriesBefore, minPerSecond * Math.Min(second + 1, Seconds));
            Volatile.Write(ref window, moved);
            return moved;
        }
    }

    /// <summary>The last seconds, the one under way among them.</summary>
    /// <param name="Second">The one under way, counted from the beginning.</param>
    /// <param name="Calls">Calls before the window.</param>
    /// <param name="Retries">Retries before the window.</param>
    /// <param name="Minimum">Retries that are allowed in it without any call.</param>
    private sealed record Window(long Second, long Calls, long Retries, double Minimum);
}
