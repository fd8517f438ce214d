namespace GrpcRouter;

/// <summary>Fires once after any time span, also one longer than a timer can measure.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly Action _expire;
    private readonly ITimer _timer;
    private TimeSpan _remaining;

    public DeadlineTimer(TimeProvider time, TimeSpan remaining, Action expire)
    {
        _expire = expire;
        _remaining = remaining;
        _timer = time.CreateTimer(static state => ((DeadlineTimer)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start() => _timer.Change(Next(), Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        _remaining -= Next();
        if (_remaining <= TimeSpan.Zero)
        {
            _expire();
        }
        else
        {
            Start();
        }
    }

    private TimeSpan Next() => _remaining < LongestTimer ? _remaining : LongestTimer;
}
