namespace GrpcRouter.Chaos;

/// <summary>How slow an instance is; may be changed at any time.</summary>
internal sealed class Pace(TimeProvider time)
{
    private int extra;

    /// <summary>What every pass takes longer, in milliseconds.</summary>
    public int Extra
    {
        get => Volatile.Read(ref extra);
        set => Volatile.Write(ref extra, value);
    }

    public Task PassAsync(int milliseconds, CancellationToken cancellation) =>
        milliseconds + Extra is var all and > 0 ? Task.Delay(TimeSpan.FromMilliseconds(all), time, cancellation) : Task.CompletedTask;
}
