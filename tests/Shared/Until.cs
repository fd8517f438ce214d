namespace GrpcRouter.Tests;

/// <summary>Waits for what must come, and says what did not.</summary>
internal static class Until
{
    /// <summary>Generous: it only decides how long a failing test takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for a condition that nothing announces.</summary>
    /// <param name="condition">Read again and again.</param>
    /// <param name="missing">What did not come about, for the message.</param>
    public static async Task TrueAsync(Func<bool> condition, Func<string> missing)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"After {Patience}: {missing()}");
            }

            await Task.Delay(Grain);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{bool}, Func{string})"/>
    public static Task TrueAsync(Func<bool> condition, string missing) => TrueAsync(condition, () => missing);

    /// <summary>Awaits a task that must end soon.</summary>
    public static async Task Soon(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"After {Patience}: {what}", error);
        }
    }

    /// <inheritdoc cref="Soon(Task, string)"/>
    public static async Task<T> Soon<T>(this Task<T> task, string what)
    {
        await ((Task)task).Soon(what);
        return await task;
    }
}
