namespace GrpcRouter.FunctionalTests;

/// <summary>A clock whose timers fire a moment before the clock says so, as those of operating systems may.</summary>
internal sealed class EarlyTimers(TimeProvider time) : TimeProvider
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(time.CreateTimer(callback, state, Early(dueTime), period));

    private static TimeSpan Early(TimeSpan due) => due > Moment ? due - Moment : due;

    private sealed class Timer(ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(Early(dueTime), period);

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
