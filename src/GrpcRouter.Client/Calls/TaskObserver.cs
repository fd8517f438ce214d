namespace GrpcRouter;

internal static class TaskObserver
{
    /// <summary>Keeps the error of a task that nobody awaits from being reported as unobserved.</summary>
    public static void Observe(Task task) => _ = task.ContinueWith(
        static failed => _ = failed.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
