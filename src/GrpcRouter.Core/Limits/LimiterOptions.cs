namespace GrpcRouter;

/// <summary>How many calls there may be, and in what time.</summary>
public class LimiterOptions
{
    /// <summary>
    /// How calls are counted: one of <see cref="RateLimiters"/>, or the name of a limiter of the application's own in <see cref="RouterOptions.RateLimiters"/>. Default
    /// <c>token_bucket</c>.
    /// </summary>
    public string Limiter { get; set; } = RateLimiters.TokenBucket;

    /// <summary>Calls at most: at once, in a burst, or in a period. 1 to 1,000,000. Default: none, so it must be set for built-in limiters.</summary>
    public int? Permits { get; set; }

    /// <summary>What a token bucket is filled with in each <see cref="Period"/>. 1 to 1,000,000, and no more than 1,000,000 a second; default <see cref="Permits"/>.</summary>
    public int? PermitsPerPeriod { get; set; }

    /// <summary>The time of a token bucket or of a sliding window. 1 ms to 1 day; default 1 s.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The steps of a sliding window: with more of them it is smoother, and each partition takes 4 bytes for each. 1 to 100; default 10.</summary>
    public int Segments { get; set; } = 10;
}
