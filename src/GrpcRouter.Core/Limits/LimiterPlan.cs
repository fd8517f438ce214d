using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>The numbers of a limiter, compared by value: where they are the same after a change of options, what was counted still counts.</summary>
/// <param name="Limiter">One of <see cref="RateLimiters"/>, or a name of the application's.</param>
/// <param name="Permits">Calls at most; 0 for limiters of the application's.</param>
/// <param name="Refill">Permits that come back in each period.</param>
/// <param name="Period">See <see cref="LimiterOptions.Period"/>.</param>
/// <param name="Segments">See <see cref="LimiterOptions.Segments"/>.</param>
/// <param name="Make">Makes limiters of the application's; null for built-in ones.</param>
internal sealed record LimiterPlan(string Limiter, int Permits, int Refill, TimeSpan Period, int Segments, Func<string, RateLimiter>? Make)
{
    public static LimiterPlan Of(LimiterOptions options, RouterOptions router) => router.RateLimiters.TryGetValue(options.Limiter, out Func<string, RateLimiter>? make)
        ? new LimiterPlan(options.Limiter, 0, 0, TimeSpan.Zero, 0, make)
        : new LimiterPlan(options.Limiter, options.Permits ?? 1, options.PermitsPerPeriod ?? options.Permits ?? 1, options.Period, options.Segments, Make: null);

    /// <summary>So many calls under way.</summary>
    public static LimiterPlan AtOnce(int permits) => new(RateLimiters.Concurrency, permits, 0, TimeSpan.Zero, 0, Make: null);

    /// <summary>Makes the limiter of one partition, with all permits there.</summary>
    public Limiter Create(string partition, TimeProvider time, ILogger log)
    {
        if (Make is not null)
        {
            return Custom(Make, partition, time, log);
        }

        double period = Period.TotalSeconds * time.TimestampFrequency;
        switch (Limiter)
        {
            case RateLimiters.Concurrency:
                return new ConcurrencyLimit(Permits);
            case RateLimiters.SlidingWindow:
                return new SlidingWindow(Permits, Math.Max(1, (long)(period / Segments)), Segments);
            default:
                long interval = Math.Max(1, (long)Math.Round(period / Refill));

                // A bucket that takes longer than half the clock's range to fill is as good as one that never does.
                return new TokenLimit(interval, (long)Math.Min(interval * (double)Permits, long.MaxValue / 4));
        }
    }

    private static Limiter Custom(Func<string, RateLimiter> make, string partition, TimeProvider time, ILogger log)
    {
        try
        {
            return new CustomLimiter(make(partition), log, time);
        }
        catch (Exception error)
        {
            // Lets nobody in, and leaves with the next sweep: then it is tried again.
            log.LimiterFailed(error);
            return new ConcurrencyLimit(0);
        }
    }
}
