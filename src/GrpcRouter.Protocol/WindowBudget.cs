namespace GrpcRouter.Protocol;

/// <summary>Bytes that many may hold together: what the windows of a channel may grow by, or what requests may be kept for retries.</summary>
/// <param name="limit">In bytes.</param>
public sealed class WindowBudget(long limit)
{
    private long used;

    /// <summary>Bytes in use.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>Takes bytes if there are that many.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref used, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref used, -bytes);
}
