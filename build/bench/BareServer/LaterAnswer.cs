using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace GrpcRouter.Bench;

/// <summary>
/// Answers from another thread, as whoever asks somebody else must. What Kestrel allocates for a request that is not answered at once is then
/// Kestrel's own, and not counted against a router.
/// </summary>
internal sealed class LaterAnswer : IThreadPoolWorkItem
{
    private static readonly ConcurrentBag<LaterAnswer> Idle = [];

    private HttpContext http = null!;
    private AsyncTaskMethodBuilder done;

    public static Task ServeAsync(HttpContext http)
    {
        LaterAnswer answer = Idle.TryTake(out LaterAnswer? known) ? known : new LaterAnswer();
        answer.http = http;
        answer.done = AsyncTaskMethodBuilder.Create();
        Task task = answer.done.Task;
        ThreadPool.UnsafeQueueUserWorkItem(answer, preferLocal: true);
        return task;
    }

    public void Execute()
    {
        Task served = Answers.ServeAsync(http);
        if (served.IsCompletedSuccessfully)
        {
            Finish();
        }
        else
        {
            _ = served.ContinueWith(static (_, answer) => ((LaterAnswer)answer!).Finish(), this, TaskScheduler.Default);
        }
    }

    private void Finish()
    {
        AsyncTaskMethodBuilder finished = done;
        http = null!;
        done = default;
        Idle.Add(this);
        finished.SetResult();
    }
}
