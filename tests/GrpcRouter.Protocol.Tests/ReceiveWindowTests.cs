namespace GrpcRouter.Protocol.Tests;

public sealed class ReceiveWindowTests
{
    private const int Initial = 1000;
    private const long RoundTrip = 100;

    private readonly WindowBudget budget = new(10_000);

    [Fact]
    public void Credit_comes_back_when_half_the_window_is_consumed()
    {
        ReceiveWindow window = new(Initial, Initial, budget);
        Assert.True(window.TryReceive(1000));

        Assert.Equal(0, window.Consume(499, 1, 0));
        Assert.Equal(500, window.Consume(1, 2, 0));
        Assert.Equal(0, window.Consume(499, 3, 0));
    }

    [Fact]
    public void A_batch_holds_all_that_was_consumed()
    {
        ReceiveWindow window = new(Initial, Initial, budget);
        Assert.True(window.TryReceive(1000));
        Assert.Equal(0, window.Consume(400, 1, 0));

        Assert.Equal(1000, window.Consume(600, 2, 0));
    }

    [Fact]
    public void No_credit_is_ever_lost() => Seeds.ForEach(500, random =>
    {
        ReceiveWindow window = new(random.Next(16, 2000), 100_000, new WindowBudget(random.Next(100_000)));
        long credit = window.Size;
        var held = 0;
        for (long now = 1; now < 500; now += random.Next(1, 200))
        {
            var cost = (int)random.NextInt64(credit + 1);
            Assert.True(window.TryReceive(cost));
            credit -= cost;
            held += cost;
            var passed = random.Next(held + 1);
            held -= passed;
            credit += window.Consume(passed, now, RoundTrip);

            Assert.InRange(window.Size - credit - held, 0, window.Size / 2);
            Assert.Equal(held, window.Held);
        }

        // What is not returned once all is consumed is less than half a window: a sender can always send half of one.
        credit += window.Consume(held, 1000, RoundTrip);
        Assert.InRange(credit, (window.Size + 1) / 2, window.Size);
    });

    [Fact]
    public void A_sender_without_credit_is_seen()
    {
        ReceiveWindow window = new(Initial, Initial, budget);

        Assert.True(window.TryReceive(1000));
        Assert.False(window.TryReceive(1));
    }

    [Fact]
    public void One_byte_too_many_is_too_many_also_after_a_grant()
    {
        ReceiveWindow window = new(Initial, Initial, budget);
        Assert.True(window.TryReceive(600));
        Assert.Equal(600, window.Consume(600, 1, 0));

        Assert.True(window.TryReceive(1000));
        Assert.False(window.TryReceive(1));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(4_294_967_300)]
    public void A_cost_beyond_any_window_is_seen(long cost) => Assert.False(new ReceiveWindow(Initial, Initial, budget).TryReceive(cost));

    [Theory]
    [InlineData(199, 2000)]
    [InlineData(200, 1000)]
    public void A_window_doubles_when_half_of_it_goes_within_two_round_trips(long later, int size)
    {
        ReceiveWindow window = new(Initial, 100_000, budget);
        Assert.True(window.TryReceive(1000));
        Assert.Equal(500, window.Consume(500, 1, RoundTrip));

        Assert.Equal(500 + (size - Initial), window.Consume(500, 1 + later, RoundTrip));
        Assert.Equal(size, window.Size);
        Assert.Equal(size - Initial, budget.Used);
        Assert.True(window.TryReceive(size));
        Assert.False(window.TryReceive(1));
    }

    [Fact]
    public void The_first_batch_never_grows_the_window_for_there_is_nothing_to_compare_with()
    {
        ReceiveWindow window = new(Initial, 100_000, budget);
        Assert.True(window.TryReceive(1000));

        Assert.Equal(1000, window.Consume(1000, 1, RoundTrip));
    }

    [Fact]
    public void A_window_does_not_grow_while_the_round_trip_is_not_known()
    {
        ReceiveWindow window = new(Initial, 100_000, budget);
        Assert.True(window.TryReceive(1000));
        Assert.Equal(500, window.Consume(500, 5, 0));

        Assert.Equal(500, window.Consume(500, 5, 0));
    }

    [Fact]
    public void A_window_grows_to_its_maximum_and_no_further()
    {
        ReceiveWindow window = new(Initial, 3500, budget);
        Assert.Equal([1000, 2000, 3500, 3500, 3500], Grow(window, 5));
        Assert.Equal(2500, budget.Used);
    }

    [Fact]
    public void A_window_does_not_grow_past_the_budget_of_its_channel()
    {
        WindowBudget small = new(1500);
        ReceiveWindow first = new(Initial, 100_000, small);
        ReceiveWindow second = new(Initial, 100_000, small);

        Assert.Equal([1000, 2000, 2000], Grow(first, 3));
        Assert.Equal([1000, 1000, 1000], Grow(second, 3));
        first.Close();
        Assert.Equal([2000], Grow(second, 1));
    }

    [Fact]
    public void Closing_gives_back_what_the_window_grew_by()
    {
        ReceiveWindow window = new(Initial, 8000, budget);
        Grow(window, 5);
        Assert.Equal(7000, budget.Used);

        window.Close();
        Assert.Equal(0, budget.Used);
        window.Close();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task A_reader_and_a_consumer_on_two_threads_never_see_an_overrun_that_is_none()
    {
        ReceiveWindow window = new(Initial, 64_000, budget);
        SendWindow sender = new(Initial);
        using SemaphoreSlim arrived = new(0);
        System.Collections.Concurrent.ConcurrentQueue<int> messages = new();
        var consumer = Task.Run(async () =>
        {
            for (long now = 1; now <= 50_000; now++)
            {
                await arrived.WaitAsync();
                Assert.True(messages.TryDequeue(out var cost));
                Assert.True(sender.TryGrant((ulong)window.Consume(cost, now, RoundTrip)));
            }
        });
        Random random = new(1);
        SpinWait spin = default;
        for (var sent = 0; sent < 50_000;)
        {
            var cost = random.Next(1, 400);
            if (sender.Available < cost)
            {
                Assert.False(consumer.IsFaulted);
                spin.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            sender.Take(cost);
            Assert.True(window.TryReceive(cost));
            messages.Enqueue(cost);
            arrived.Release();
            sent++;
        }

        await consumer;
    }

    private static int[] Grow(ReceiveWindow window, int batches)
    {
        var sizes = new int[batches];
        for (var i = 0; i < batches; i++)
        {
            var half = window.Size - (window.Size / 2);
            Assert.True(window.TryReceive(half));
            Assert.NotEqual(0, window.Consume(half, 10, RoundTrip));
            sizes[i] = window.Size;
        }

        return sizes;
    }
}
