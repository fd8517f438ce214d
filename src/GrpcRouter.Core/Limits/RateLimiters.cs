namespace GrpcRouter;

/// <summary>The built-in limiters that <see cref="LimiterOptions.Limiter"/> can name.</summary>
public static class RateLimiters
{
    /// <summary>
    /// A bucket of <see cref="LimiterOptions.Permits"/> that fills steadily, <see cref="LimiterOptions.PermitsPerPeriod"/> in each <see cref="LimiterOptions.Period"/>; each call
    /// takes one. A caller that rested may send a burst.
    /// </summary>
    public const string TokenBucket = "token_bucket";

    /// <summary>
    /// <see cref="LimiterOptions.Permits"/> calls in any <see cref="LimiterOptions.Period"/>, which moves on by <see cref="LimiterOptions.Segments"/> steps. With one segment it is a
    /// fixed window.
    /// </summary>
    public const string SlidingWindow = "sliding_window";

    /// <summary><see cref="LimiterOptions.Permits"/> calls under way at once.</summary>
    public const string Concurrency = "concurrency";

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<string> BuiltIn { get; } = [TokenBucket, SlidingWindow, Concurrency];
}
