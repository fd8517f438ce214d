namespace GrpcRouter.Core.Tests;

public sealed class RetryBudgetTests
{
    private readonly ManualTimeProvider time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(1000)]
    public void When_everything_fails_attempts_stay_within_a_fifth_more_than_calls_and_the_minimum(int callsPerSecond)
    {
        RetryBudget budget = New(ratio: 0.2, minPerSecond: 10);
        long calls = 0;
        long retries = 0;

        // An hour in which every call fails and is tried twice more, if it may be, at once.
        for (int second = 0; second < 3600; second++)
        {
            budget.OnTick(Now);
            for (int call = 0; call < callsPerSecond; call++)
            {
                budget.OnCall();
                calls++;
                retries += budget.TryTake(Now) ? 1 : 0;
                retries += budget.TryTake(Now) ? 1 : 0;
            }

            Assert.True(calls + retries <= (1.2 * calls) + (10 * (second + 1)), $"{retries} retries of {calls} calls in {second + 1} s.");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // And what is allowed is not kept back.
        Assert.InRange(retries, Math.Min(2 * calls, (0.199 * calls) + (9.9 * 3600)), 2 * calls);
    }

    [Fact]
    public void Without_a_minimum_a_call_pays_for_its_share_once_however_the_calls_come()
    {
        RetryBudget budget = New(ratio: 0.5, minPerSecond: 0);
        PickRandom random = new(3);
        long calls = 0;
        long retries = 0;
        for (int step = 0; step < 20_000; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
            if (random.Next(3) == 0)
            {
                budget.OnTick(Now);
            }

            for (int call = random.Next(6); call > 0; call--)
            {
                budget.OnCall();
                calls++;
            }

            while (random.Next(4) != 0 && budget.TryTake(Now))
            {
                retries++;
            }

            Assert.True(retries <= 0.5 * calls, $"{retries} retries of {calls} calls after {step} steps.");
        }

        Assert.True(retries > 0.4 * calls, $"{retries} retries of {calls} calls.");
    }

    [Fact]
    public void The_minimum_is_there_at_once_for_a_second_and_grows_to_that_of_the_window()
    {
        RetryBudget budget = New(ratio: 0.2, minPerSecond: 10);
        Assert.Equal(10, TakeAll(budget));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, TakeAll(budget));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(100, TakeAll(budget));
        Assert.Equal(0, TakeAll(budget));
    }

    [Fact]
    public void A_budget_that_was_spent_is_there_again_after_the_window()
    {
        RetryBudget budget = New(ratio: 0.2, minPerSecond: 0);
        Call(budget, 100);
        Assert.Equal(20, TakeAll(budget));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, TakeAll(budget));
        time.Advance(TimeSpan.FromSeconds(1));
        Call(budget, 100);
        Assert.Equal(20, TakeAll(budget));
    }

    [Fact]
    public void Calls_older_than_the_window_pay_for_nothing()
    {
        RetryBudget budget = New(ratio: 0.2, minPerSecond: 0);
        Call(budget, 100);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, TakeAll(budget));
    }

    [Fact]
    public void A_ratio_of_nothing_and_no_minimum_allow_no_retry()
    {
        RetryBudget budget = New(ratio: 0, minPerSecond: 0);
        Call(budget, 1000);
        Assert.Equal(0, TakeAll(budget));
    }

    [Fact]
    public void No_more_retries_are_under_way_than_may_be_and_one_that_is_over_makes_room()
    {
        RetryBudget budget = New(ratio: 1, minPerSecond: 100, maxRetries: 2);
        Assert.Equal(2, TakeAll(budget));
        budget.OnRetryDone();
        Assert.Equal(1, TakeAll(budget));
        budget.OnRetryDone();
        budget.OnRetryDone();
        Assert.Equal(0, budget.Running);
    }

    [Fact]
    public void A_retry_that_the_budget_refuses_takes_no_place_of_those_under_way()
    {
        RetryBudget budget = New(ratio: 0, minPerSecond: 0, maxRetries: 1);
        Assert.False(budget.TryTake(Now));
        Assert.Equal(0, budget.Running);
    }

    [Fact]
    public async Task Threads_that_take_at_once_get_no_more_than_there_is()
    {
        RetryBudget budget = New(ratio: 0.5, minPerSecond: 0);
        Call(budget, 2000);
        int[] taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TakeAll(budget))));
        Assert.Equal(1000, taken.Sum());
    }

    [Fact]
    public void A_service_that_retries_nothing_has_no_budget_and_one_that_does_has_the_default_one()
    {
        using Bench plain = new();
        Assert.Null(plain.Router.Plan.Budget);
        RouterOptions options = new();
        options.Defaults.Retry.MaxAttempts = 3;
        using Bench retrying = new(options);
        RetryBudget budget = retrying.Router.Plan.Budget!;
        Call(budget, 50);

        // A fifth of 50, and 10 for the first second.
        int taken = 0;
        while (budget.TryTake(retrying.Time.GetTimestamp()))
        {
            taken++;
        }

        Assert.Equal(20, taken);
    }

    private long Now => time.GetTimestamp();

    private RetryBudget New(double ratio, double minPerSecond, int? maxRetries = null) => new(ratio, minPerSecond, maxRetries, time, Now);

    private static void Call(RetryBudget budget, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            budget.OnCall();
        }
    }

    private int TakeAll(RetryBudget budget)
    {
        int taken = 0;
        while (budget.TryTake(Now))
        {
            taken++;
        }

        return taken;
    }
}
