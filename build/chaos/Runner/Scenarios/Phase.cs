namespace GrpcRouter.Chaos;

/// <summary>What a scenario waits for, and for how long at most.</summary>
internal sealed class Phase(TimeProvider time, Func<string?> fault, Func<Task<string>> state)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(20);

    /// <summary>The one that is waited for, or was last.</summary>
    public string Current { get; private set; } = "start";

    /// <summary>Waits for a task.</summary>
    /// <exception cref="ChaosException">It did not end in time, or a process ended that should not.</exception>
    public async Task WaitAsync(string what, Task task)
    {
        await WaitAsync(what, () => Task.FromResult(task.IsCompleted));
        await task;
    }

    /// <summary>Waits for what nothing announces.</summary>
    /// <exception cref="ChaosException">It did not come about in time, or a process ended that should not.</exception>
    public async Task WaitAsync(string what, Func<Task<bool>> condition)
    {
        Current = what;
        long start = time.GetTimestamp();
        while (!await condition())
        {
            if (fault() is { } problem)
            {
                throw new ChaosException($"While waiting until {what}: {problem}");
            }

            if (time.GetElapsedTime(start) > Bound)
            {
                throw new ChaosException($"After {Bound.TotalSeconds} s of waiting until {what}: {await state()}");
            }

            await Task.Delay(Grain, time);
        }
    }
}
