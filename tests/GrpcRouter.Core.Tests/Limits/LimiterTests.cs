using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcRouter.Core.Tests;

public sealed class LimiterTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public void A_token_bucket_takes_a_burst_and_then_what_comes_back()
    {
        Limiter bucket = Make(new LimiterOptions { Permits = 10, PermitsPerPeriod = 2 });

        Assert.Equal(10, Grants(bucket));
        Assert.Equal(TimeSpan.FromMilliseconds(500), Wait(bucket));
        time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal(0, Grants(bucket));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Grants(bucket));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(6, Grants(bucket));
    }

    [Fact]
    public void A_token_bucket_that_rested_holds_one_burst_and_not_two()
    {
        Limiter bucket = Make(new LimiterOptions { Permits = 10 });
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10, Grants(bucket));
        Assert.Equal(0, Grants(bucket));
    }

    [Fact]
    public void A_sliding_window_takes_its_number_in_any_period()
    {
        Limiter window = Make(new LimiterOptions { Limiter = RateLimiters.SlidingWindow, Permits = 4, Segments = 10 });
        Assert.Equal(2, Grants(window, 2));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2, Grants(window));
        Assert.Equal(TimeSpan.FromMilliseconds(500), Wait(window));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2, Grants(window));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2, Grants(window));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4, Grants(window));
    }

    [Fact]
    public void A_sliding_window_of_one_segment_is_a_fixed_window()
    {
        Limiter window = Make(new LimiterOptions { Limiter = RateLimiters.SlidingWindow, Permits = 3, Segments = 1 });
        time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(3, Grants(window));
        Assert.Equal(TimeSpan.FromMilliseconds(100), Wait(window));
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(3, Grants(window));
    }

    [Fact]
    public void Concurrency_is_what_is_under_way_and_nobody_knows_when_it_ends()
    {
        Limiter limit = Make(new LimiterOptions { Limiter = RateLimiters.Concurrency, Permits = 2 });
        Assert.Equal(2, Grants(limit));
        Assert.Equal(TimeSpan.Zero, Wait(limit));
        limit.End(null);
        Assert.Equal(1, Grants(limit));
    }

    [Theory]
    [InlineData(RateLimiters.TokenBucket)]
    [InlineData(RateLimiters.SlidingWindow)]
    [InlineData(RateLimiters.Concurrency)]
    public void What_is_given_back_can_be_taken_again(string name)
    {
        Limiter limiter = Make(new LimiterOptions { Limiter = name, Permits = 3 });
        Assert.Equal(3, Grants(limiter));
        limiter.GiveBack(null);
        Assert.Equal(1, Grants(limiter));
    }

    [Theory]
    [InlineData(RateLimiters.TokenBucket)]
    [InlineData(RateLimiters.SlidingWindow)]
    [InlineData(RateLimiters.Concurrency)]
    public void A_limiter_retires_only_when_it_remembers_nothing(string name)
    {
        Limiter limiter = Make(new LimiterOptions { Limiter = name, Permits = 3 });
        Assert.Equal(1, Grants(limiter, 1));
        Assert.False(limiter.TryRetire(time.GetTimestamp()));
        limiter.End(null);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(limiter.TryRetire(time.GetTimestamp()));

        Assert.Equal(LimiterAnswer.Retired, limiter.TryAcquire(time.GetTimestamp(), out _, out _));
    }

    [Theory]
    [InlineData(RateLimiters.TokenBucket)]
    [InlineData(RateLimiters.SlidingWindow)]
    [InlineData(RateLimiters.Concurrency)]
    public async Task Threads_that_come_at_once_get_no_more_than_there_is(string name)
    {
        Limiter limiter = Make(new LimiterOptions { Limiter = name, Permits = 10_000, PermitsPerPeriod = 1 });
        int[] granted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Grants(limiter, 5000))));
        Assert.Equal(10_000, granted.Sum());
    }

    [Fact]
    public void A_limiter_of_the_applications_own_is_asked_and_its_leases_are_held()
    {
        Limiter limiter = Custom(static () => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1 }));
        Assert.Equal(LimiterAnswer.Granted, limiter.TryAcquire(0, out RateLimitLease? lease, out _));
        Assert.Equal(LimiterAnswer.Refused, limiter.TryAcquire(0, out RateLimitLease? none, out _));
        Assert.Null(none);
        limiter.End(lease);
        Assert.Equal(LimiterAnswer.Granted, limiter.TryAcquire(0, out _, out _));
    }

    [Fact]
    public void A_limiter_of_the_applications_own_says_when_to_try_again()
    {
        Limiter limiter = Custom(static () => new FixedWindowRateLimiter(
            new FixedWindowRateLimiterOptions { PermitLimit = 1, Window = TimeSpan.FromDays(1), AutoReplenishment = false }));
        Assert.Equal(1, Grants(limiter, 1));
        Assert.InRange(Wait(limiter), TimeSpan.FromHours(23), TimeSpan.FromDays(1));
    }

    [Fact]
    public void A_limiter_that_fails_lets_nobody_in() => Assert.Equal(0, Grants(Custom(static () => throw new InvalidOperationException("broken"))));

    private Limiter Custom(Func<RateLimiter> make)
    {
        RouterOptions options = new();
        options.RateLimiters["own"] = _ => make();
        return LimiterPlan.Of(new LimiterOptions { Limiter = "own" }, options).Create("", time, NullLogger.Instance);
    }

    private Limiter Make(LimiterOptions options) => LimiterPlan.Of(options, new RouterOptions()).Create("", time, NullLogger.Instance);

    private int Grants(Limiter limiter, int most = 100_000)
    {
        int count = 0;
        while (count < most && limiter.TryAcquire(time.GetTimestamp(), out _, out _) == LimiterAnswer.Granted)
        {
            count++;
        }

        return count;
    }

    private TimeSpan Wait(Limiter limiter)
    {
        Assert.Equal(LimiterAnswer.Refused, limiter.TryAcquire(time.GetTimestamp(), out _, out long wait));
        return time.GetElapsedTime(0, wait);
    }
}
