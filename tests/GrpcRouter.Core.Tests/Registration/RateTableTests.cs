namespace GrpcRouter.Core.Tests.Registration;

public sealed class RateTableTests
{
    private readonly ManualTimeProvider time = new();
    private readonly RateTable table;

    public RateTableTests() => table = new RateTable(time);

    [Fact]
    public void A_minutes_worth_may_come_at_once_and_then_one_at_a_time()
    {
        Assert.Equal(60, Taken("a", 100));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Taken("a", 100));
        Assert.Equal(60, Taken("b", 100));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(60, Taken("a", 100));
    }

    [Fact]
    public void More_keys_than_there_is_room_for_share_a_bucket_until_old_ones_are_full_again()
    {
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(table.TryTake($"{i}", 1));
        }

        Assert.True(table.TryTake("new", 1));
        Assert.False(table.TryTake("newer", 1));
        Assert.False(table.TryTake("7", 1));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(table.TryTake("newer", 1));
        Assert.True(table.TryTake("newest", 1));
    }

    private int Taken(string key, int tries) => Enumerable.Range(0, tries).Count(_ => table.TryTake(key, 60));
}
