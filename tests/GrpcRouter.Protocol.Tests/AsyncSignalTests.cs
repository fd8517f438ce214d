namespace GrpcRouter.Protocol.Tests;

public sealed class AsyncSignalTests
{
    private const int Hang = 120_000;

    [Fact]
    public void A_signal_before_the_wait_is_kept_once()
    {
        AsyncSignal signal = new();
        signal.Set();
        signal.Set();

        Assert.True(signal.WaitAsync().IsCompletedSuccessfully);
        Assert.False(signal.WaitAsync().IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task A_signal_wakes_the_waiter()
    {
        AsyncSignal signal = new();
        var wait = signal.WaitAsync().AsTask();
        Assert.False(wait.IsCompleted);
        signal.Set();

        await wait;
        Assert.False(signal.WaitAsync().IsCompleted);
    }

    [Fact]
    public void A_reset_forgets_a_signal_that_nobody_took()
    {
        AsyncSignal signal = new();
        signal.Set();
        signal.Reset();

        Assert.False(signal.WaitAsync().IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task A_second_waiter_is_refused_and_the_first_still_wakes()
    {
        AsyncSignal signal = new();
        var first = signal.WaitAsync().AsTask();

        Assert.Throws<InvalidOperationException>(() =>
        {
            _ = signal.WaitAsync().AsTask();
        });
        signal.Set();
        await first;
    }

    [Fact(Timeout = Hang)]
    public async Task The_waiter_goes_on_elsewhere_so_that_the_signaller_is_never_held_up()
    {
        AsyncSignal signal = new();
        var setting = false;
        var signaller = Environment.CurrentManagedThreadId;
        var resumed = signal.WaitAsync().AsTask().ContinueWith(
            _ => setting && Environment.CurrentManagedThreadId == signaller,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        setting = true;
        signal.Set();
        setting = false;

        Assert.False(await resumed, "The waiter ran inside Set.");
    }

    [Fact(Timeout = Hang)]
    public async Task No_signal_is_lost_between_one_signaller_and_one_waiter()
    {
        const int rounds = 200_000;
        AsyncSignal there = new();
        AsyncSignal back = new();
        var request = 0;
        var reply = 0;
        var waiter = Task.Run(async () =>
        {
            for (var seen = 0; seen < rounds;)
            {
                if (Volatile.Read(ref request) == seen)
                {
                    await there.WaitAsync().ConfigureAwait(false);
                    continue;
                }

                Volatile.Write(ref reply, ++seen);
                back.Set();
            }
        });
        var signaller = Task.Run(async () =>
        {
            for (var sent = 1; sent <= rounds; sent++)
            {
                Volatile.Write(ref request, sent);
                there.Set();
                while (Volatile.Read(ref reply) != sent)
                {
                    await back.WaitAsync().ConfigureAwait(false);
                }
            }
        });

        await Task.WhenAll(waiter, signaller);
    }

    [Fact(Timeout = Hang)]
    public async Task The_last_of_several_signals_in_a_row_is_not_lost()
    {
        const int rounds = 100_000;
        AsyncSignal signal = new();
        SemaphoreSlim acknowledged = new(0);
        var published = 0;
        var waiter = Task.Run(async () =>
        {
            for (var goal = 3; goal <= 3 * rounds; goal += 3)
            {
                while (Volatile.Read(ref published) < goal)
                {
                    await signal.WaitAsync().ConfigureAwait(false);
                }

                acknowledged.Release();
            }
        });
        var signaller = Task.Run(async () =>
        {
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < 3; i++)
                {
                    Volatile.Write(ref published, published + 1);
                    signal.Set();
                }

                await acknowledged.WaitAsync().ConfigureAwait(false);
            }
        });

        await Task.WhenAll(waiter, signaller);
    }

    [Fact(Timeout = Hang)]
    public async Task Many_signallers_wake_one_waiter_until_all_is_seen()
    {
        const int each = 50_000;
        const int signallers = 4;
        AsyncSignal signal = new();
        var published = 0;
        var tasks = Enumerable.Range(0, signallers).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                Interlocked.Increment(ref published);
                signal.Set();
            }
        })).ToArray();
        var waiter = Task.Run(async () =>
        {
            while (Volatile.Read(ref published) < each * signallers)
            {
                await signal.WaitAsync().ConfigureAwait(false);
            }
        });

        await Task.WhenAll([waiter, .. tasks]);
    }
}
