namespace GrpcRouter.Protocol.Tests;

public sealed class SendWindowTests
{
    [Fact]
    public void Credit_is_what_was_granted_less_what_was_taken()
    {
        SendWindow window = new(65_536);
        window.Take(65_000);
        Assert.True(window.TryGrant(100));

        Assert.Equal(636, window.Available);
    }

    [Fact]
    public void A_grant_of_nothing_changes_nothing()
    {
        SendWindow window = new(5);

        Assert.True(window.TryGrant(0));
        Assert.Equal(5, window.Available);
    }

    [Theory]
    [InlineData(0, 2_147_483_647UL, true)]
    [InlineData(0, 2_147_483_648UL, false)]
    [InlineData(1, 2_147_483_647UL, false)]
    [InlineData(65_536, 2_147_418_111UL, true)]
    [InlineData(65_536, 2_147_418_112UL, false)]
    [InlineData(2_147_483_647, 0UL, true)]
    [InlineData(2_147_483_647, 1UL, false)]
    [InlineData(65_536, (1UL << 63) - 1, false)]
    [InlineData(65_536, 1UL << 63, false)]
    [InlineData(65_536, ulong.MaxValue, false)]
    [InlineData(65_536, ulong.MaxValue - 65_535, false)]
    public void The_sum_stays_below_2_to_the_31(long held, ulong granted, bool right)
    {
        SendWindow window = new(held);

        Assert.Equal(right, window.TryGrant(granted));
        Assert.Equal(right ? held + (long)granted : held, window.Available);
    }

    [Fact]
    public void Starting_over_forgets_what_was_held()
    {
        SendWindow window = new(10);
        window.Take(7);
        window.Reset(100);

        Assert.Equal(100, window.Available);
    }

    [Fact]
    public async Task Grants_and_takes_on_two_threads_add_up()
    {
        const int count = 2_000_000;
        SendWindow window = new(count);
        using Barrier start = new(2);
        var sender = Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < count; i++)
                {
                    window.Take(1);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        start.SignalAndWait();
        for (var i = 0; i < count; i++)
        {
            Assert.True(window.TryGrant(1));
        }

        await sender;
        Assert.Equal(count, window.Available);
    }
}
