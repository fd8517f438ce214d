namespace GrpcRouter.Tests;

/// <summary>Time that stands still until a test advances it. Timers fire within <see cref="Advance"/>, each at its own time, in order.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];
    private readonly List<(Func<TimeSpan, bool> Accept, TaskCompletionSource<TimeSpan> Found)> _searches = [];
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes when at least so many timers are waiting to fire.</summary>
    public Task WhenTimersAsync(int count)
    {
        lock (_gate)
        {
            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((count, reached));
            CheckWaits();
            return reached.Task;
        }
    }

    /// <summary>Timers that are waiting to fire.</summary>
    public int TimerCount
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>Completes when a timer waits for a time that the predicate accepts, with that time, seen from now.</summary>
    public Task<TimeSpan> WhenTimerAsync(Func<TimeSpan, bool> accept)
    {
        lock (_gate)
        {
            TaskCompletionSource<TimeSpan> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _searches.Add((accept, found));
            CheckWaits();
            return found.Task;
        }
    }

    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset end;
        lock (_gate)
        {
            end = _now + by;
        }

        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            _now = end;
        }
    }

    internal bool Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (timer.Disposed)
            {
                return false;
            }

            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Add(timer, _now + dueTime);
            }

            return true;
        }
    }

    internal void Remove(ManualTimer timer)
    {
        lock (_gate)
        {
            timer.Disposed = true;
            _timers.Remove(timer);
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_gate)
        {
            var timer = _timers.MinBy(timer => (timer.Due, timer.Order));
            if (timer is null || timer.Due > end)
            {
                return null;
            }

            _timers.Remove(timer);
            _now = timer.Due > _now ? timer.Due : _now;
            if (timer.Period > TimeSpan.Zero)
            {
                Add(timer, timer.Due + timer.Period);
            }

            return timer;
        }
    }

    private void Add(ManualTimer timer, DateTimeOffset due)
    {
        timer.Due = due;
        timer.Order = _order++;
        _timers.Add(timer);
        CheckWaits();
    }

    private void CheckWaits()
    {
        foreach (var wait in _waits.Where(wait => wait.Count <= _timers.Count).ToList())
        {
            _waits.Remove(wait);
            wait.Reached.SetResult();
        }

        foreach (var search in _searches.ToList())
        {
            if (_timers.Find(timer => search.Accept(timer.Due - _now)) is { } timer)
            {
                _searches.Remove(search);
                search.Found.SetResult(timer.Due - _now);
            }
        }
    }
}
