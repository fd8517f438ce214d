using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcRouter.Core.Tests;

public sealed class PartitionTableTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public void Each_partition_has_a_limiter_of_its_own()
    {
        PartitionTable table = Make(new LimiterOptions { Permits = 1 }, 10);
        Assert.True(Acquire(table, "a"));
        Assert.False(Acquire(table, "a"));
        Assert.True(Acquire(table, "b"));
    }

    [Fact]
    public void What_comes_while_the_table_is_full_counts_together()
    {
        PartitionTable table = Make(new LimiterOptions { Permits = 1 }, 2);
        Assert.True(Acquire(table, "a"));
        Assert.True(Acquire(table, "b"));
        Assert.True(Acquire(table, "c"));
        Assert.False(Acquire(table, "d"));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Idle_partitions_leave_with_the_sweep_and_others_do_not()
    {
        PartitionTable table = Make(new LimiterOptions { Permits = 1 }, 2);
        Assert.True(Acquire(table, "a"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Acquire(table, "b"));

        table.Sweep(time.GetTimestamp());

        Assert.Equal(1, table.Count);
        Assert.False(Acquire(table, "b"));
        Assert.True(Acquire(table, "a"));
    }

    [Fact]
    public async Task Sweeps_lose_no_call_under_way()
    {
        PartitionTable table = Make(new LimiterOptions { Limiter = RateLimiters.Concurrency, Permits = 1 }, 10);
        using CancellationTokenSource over = new();
        Task sweeps = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                table.Sweep(time.GetTimestamp());
            }
        });
        int inside = 0;
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(worker => Task.Run(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                if (table.TryAcquire(PartitionKey.Of("a"), 0, out Limiter limiter, out _, out _))
                {
                    most = Math.Max(most, Interlocked.Increment(ref inside));
                    Interlocked.Decrement(ref inside);
                    limiter.End(null);
                }
            }
        })));
        await over.CancelAsync();
        await sweeps;
        Assert.Equal(1, most);
        table.Sweep(time.GetTimestamp());
        Assert.Equal(0, table.Count);
    }

    private bool Acquire(PartitionTable table, string name) => table.TryAcquire(PartitionKey.Of(name), time.GetTimestamp(), out _, out _, out _);

    private PartitionTable Make(LimiterOptions options, int most) => new(LimiterPlan.Of(options, new RouterOptions()), most, time, NullLogger.Instance);
}
