namespace GrpcRouter.Protocol.Tests;

public sealed class WindowBudgetTests
{
    [Fact]
    public void It_gives_out_its_limit_and_no_more()
    {
        WindowBudget budget = new(100);

        Assert.True(budget.TryTake(60));
        Assert.False(budget.TryTake(41));
        Assert.True(budget.TryTake(40));
        Assert.False(budget.TryTake(1));
        budget.Return(1);
        Assert.True(budget.TryTake(1));
        Assert.Equal(100, budget.Used);
    }

    [Fact]
    public void A_budget_of_nothing_gives_nothing()
    {
        WindowBudget budget = new(0);

        Assert.False(budget.TryTake(1));
        Assert.True(budget.TryTake(0));
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Many_threads_together_never_hold_more_than_the_limit()
    {
        const int limit = 1000;
        WindowBudget budget = new(limit);
        long held = 0;
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            Random random = new(seed);
            for (var i = 0; i < 50_000; i++)
            {
                var bytes = random.Next(1, 400);
                if (budget.TryTake(bytes))
                {
                    Assert.InRange(Interlocked.Add(ref held, bytes), 0, limit);
                    Interlocked.Increment(ref taken);
                    Interlocked.Add(ref held, -bytes);
                    budget.Return(bytes);
                }
            }
        })));

        Assert.Equal(0, budget.Used);
        Assert.InRange(taken, 1, 400_000);
    }
}
