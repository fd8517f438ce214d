namespace GrpcRouter.Core.Tests;

public sealed class RetryThrottleTests
{
    [Fact]
    public void Retries_stop_at_half_of_the_tokens()
    {
        RetryThrottle throttle = new(10, 0.1);
        for (int i = 0; i < 4; i++)
        {
            throttle.OnFailure();
            Assert.True(throttle.AllowsRetry);
        }

        throttle.OnFailure();
        Assert.False(throttle.AllowsRetry);
    }

    [Fact]
    public void Successes_bring_retries_back()
    {
        RetryThrottle throttle = new(10, 0.5);
        for (int i = 0; i < 6; i++)
        {
            throttle.OnFailure();
        }

        throttle.OnSuccess();
        throttle.OnSuccess();
        Assert.Equal(5000, throttle.Thousandths);
        Assert.False(throttle.AllowsRetry);
        throttle.OnSuccess();
        Assert.True(throttle.AllowsRetry);
    }

    [Fact]
    public void Tokens_are_never_less_than_none_nor_more_than_there_were()
    {
        RetryThrottle throttle = new(3, 0.7);
        for (int i = 0; i < 10; i++)
        {
            throttle.OnFailure();
        }

        Assert.Equal(0, throttle.Thousandths);
        for (int i = 0; i < 10; i++)
        {
            throttle.OnSuccess();
        }

        Assert.Equal(3000, throttle.Thousandths);
    }

    [Fact]
    public void Half_of_an_odd_number_of_tokens_is_exact()
    {
        RetryThrottle throttle = new(3, 0.1);
        throttle.OnFailure();
        Assert.True(throttle.AllowsRetry);
        throttle.OnFailure();
        Assert.False(throttle.AllowsRetry);
        for (int i = 0; i < 5; i++)
        {
            throttle.OnSuccess();
        }

        Assert.Equal(1500, throttle.Thousandths);
        Assert.False(throttle.AllowsRetry);
        throttle.OnSuccess();
        Assert.True(throttle.AllowsRetry);
    }

    [Theory]
    [InlineData(0.5466, 546)]
    [InlineData(0.00001, 1)]
    public void What_a_success_gives_is_counted_in_thousandths_and_never_nothing(double ratio, int thousandths)
    {
        RetryThrottle throttle = new(10, ratio);
        throttle.OnFailure();
        throttle.OnSuccess();
        Assert.Equal(9000 + thousandths, throttle.Thousandths);
    }

    [Fact]
    public void There_is_none_unless_it_is_asked_for()
    {
        using Bench plain = new();
        Assert.Null(plain.Router.Plan.Throttle);
        RouterOptions options = new();
        options.Defaults.RetryBudget.MaxTokens = 7;
        using Bench throttled = new(options);
        RetryThrottle throttle = throttled.Router.Plan.Throttle!;
        throttle.OnFailure();
        throttle.OnSuccess();
        Assert.Equal(6100, throttle.Thousandths);
    }
}
