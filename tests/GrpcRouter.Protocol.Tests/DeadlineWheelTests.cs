using System.Collections.Concurrent;

namespace GrpcRouter.Protocol.Tests;

public sealed class DeadlineWheelTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public void Entries_fire_once_never_early_and_at_most_one_tick_late()
    {
        using DeadlineWheel wheel = new(time);
        Random random = new(1);
        List<Entry> entries = [];
        for (int i = 0; i < 2_000; i++)
        {
            Entry entry = new(time, time.GetUtcNow() + TimeSpan.FromMilliseconds(random.Next(1, i % 10 == 0 ? 20_000 : 300)));
            wheel.Add(entry, entry.Due - time.GetUtcNow(), i);
            entries.Add(entry);
            time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 4)));
        }

        time.Advance(TimeSpan.FromSeconds(21));
        for (int i = 0; i < entries.Count; i++)
        {
            (DateTimeOffset fired, long token) = Assert.Single(entries[i].Fired);
            Assert.Equal(i, token);
            Assert.InRange(fired - entries[i].Due, TimeSpan.Zero, DeadlineWheel.Tick);
        }

        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_wheel_of_longer_ticks_is_late_by_at_most_one_of_them()
    {
        TimeSpan tick = TimeSpan.FromMilliseconds(250);
        using DeadlineWheel wheel = new(time, tick);
        Entry entry = new(time, time.GetUtcNow() + TimeSpan.FromMinutes(10) + TimeSpan.FromMilliseconds(1));
        wheel.Add(entry, entry.Due - time.GetUtcNow(), 1);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(entry.Fired);
        time.Advance(tick);
        Assert.InRange(Assert.Single(entry.Fired).At - entry.Due, TimeSpan.Zero, tick);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9_999)]
    [InlineData(50_000)]
    [InlineData(50_001)]
    [InlineData(123_456)]
    public void Fractions_of_a_millisecond_never_make_an_entry_early(long ticks)
    {
        using DeadlineWheel wheel = new(time);
        for (int phase = 0; phase < 20; phase++)
        {
            time.Advance(TimeSpan.FromTicks(7_777));
            Entry entry = new(time, time.GetUtcNow() + TimeSpan.FromTicks(ticks));
            wheel.Add(entry, TimeSpan.FromTicks(ticks), 0);
            time.Advance(TimeSpan.FromMilliseconds(25));
            Assert.InRange(Assert.Single(entry.Fired).At - entry.Due, TimeSpan.Zero, DeadlineWheel.Tick + TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void A_removed_entry_does_not_fire_and_may_be_added_again()
    {
        using DeadlineWheel wheel = new(time);
        Entry kept = new(time, default);
        Entry entry = new(time, default);
        wheel.Add(kept, TimeSpan.FromMilliseconds(50), 1);
        wheel.Add(entry, TimeSpan.FromMilliseconds(50), 2);
        wheel.Remove(entry);
        wheel.Remove(entry);
        Assert.Equal(1, wheel.Count);
        time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Single(kept.Fired);
        Assert.Empty(entry.Fired);

        wheel.Add(entry, TimeSpan.FromMilliseconds(10), 3);
        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(3, Assert.Single(entry.Fired).Token);
        wheel.Remove(entry);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void Deadlines_of_several_turns_of_the_wheel_wait_for_their_turn()
    {
        using DeadlineWheel wheel = new(time);
        TimeSpan[] dues = [TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(5 * 1024), TimeSpan.FromMilliseconds(5 * 1030), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)];
        Entry[] entries = [.. dues.Select(due => new Entry(time, time.GetUtcNow() + due))];
        for (int i = 0; i < dues.Length; i++)
        {
            wheel.Add(entries[i], dues[i], 0);
        }

        for (int i = 0; i < dues.Length; i++)
        {
            time.Advance(entries[i].Due - TimeSpan.FromMilliseconds(1) - time.GetUtcNow());
            Assert.Empty(entries[i].Fired);
            time.Advance(TimeSpan.FromMilliseconds(1) + DeadlineWheel.Tick);
            Assert.Single(entries[i].Fired);
            Assert.Equal(dues.Length - i - 1, wheel.Count);
        }
    }

    [Fact]
    public void The_longest_deadlines_neither_overflow_nor_fire()
    {
        using DeadlineWheel wheel = new(time);
        Entry entry = new(time, default);
        wheel.Add(entry, Protocol.GrpcTimeout.Maximum, 0);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(entry.Fired);
        wheel.Remove(entry);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void The_timer_runs_only_while_something_waits()
    {
        using DeadlineWheel wheel = new(time);
        Assert.Equal(0, time.TimerCount);
        Entry entry = new(time, default);
        for (int i = 0; i < 3; i++)
        {
            wheel.Add(entry, TimeSpan.FromMilliseconds(20), 0);
            Assert.Equal(1, time.TimerCount);
            wheel.Remove(entry);
            time.Advance(TimeSpan.FromSeconds(i + 1));
            Assert.Equal(0, time.TimerCount);
        }

        wheel.Add(entry, TimeSpan.FromMilliseconds(20), 0);
        time.Advance(TimeSpan.FromMilliseconds(25));
        Assert.Single(entry.Fired);
        Assert.Equal(0, time.TimerCount);
    }

    [Fact]
    public void An_entry_may_be_added_and_removed_from_within_a_callback()
    {
        using DeadlineWheel wheel = new(time);
        Entry victim = new(time, default);
        int left = 100;
        Entry? chain = null;
        chain = new Entry(time, default)
        {
            Then = () =>
            {
                wheel.Remove(victim);
                if (--left > 0)
                {
                    wheel.Add(chain!, TimeSpan.FromMilliseconds(left % 7), left);
                }
            },
        };
        wheel.Add(chain, TimeSpan.FromMilliseconds(5), 100);
        wheel.Add(victim, TimeSpan.FromMilliseconds(50), 0);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(100, chain.Fired.Count);
        Assert.Empty(victim.Fired);
        Assert.Equal(0, wheel.Count);
        Assert.Equal(0, time.TimerCount);
    }

    [Fact]
    public void Threads_that_add_and_remove_while_time_passes_lose_no_entry()
    {
        using DeadlineWheel wheel = new(time);
        ConcurrentBag<Entry> kept = [];
        using Barrier start = new(3);
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(seed => new Thread(() =>
        {
            Random random = new(seed);
            start.SignalAndWait();
            for (int i = 0; i < 3_000; i++)
            {
                Entry entry = new(time, default);
                wheel.Add(entry, TimeSpan.FromMilliseconds(random.Next(1, 40)), i);
                if (random.Next(2) == 0)
                {
                    wheel.Remove(entry);
                }
                else
                {
                    entry.Keep(i);
                    kept.Add(entry);
                }
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        start.SignalAndWait();
        while (threads.Any(static thread => thread.IsAlive))
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.All(kept, static entry => Assert.Equal(entry.Kept, Assert.Single(entry.Fired).Token));
        Assert.Equal(0, wheel.Count);
        Assert.Equal(0, time.TimerCount);
    }

    private sealed class Entry(TimeProvider time, DateTimeOffset due) : DeadlineEntry
    {
        public DateTimeOffset Due => due;

        public List<(DateTimeOffset At, long Token)> Fired { get; } = [];

        public Action? Then { get; init; }

        public long Kept { get; private set; }

        public void Keep(long token) => Kept = token;

        public override void OnDue(long token)
        {
            Fired.Add((time.GetUtcNow(), token));
            Then?.Invoke();
        }
    }
}
