namespace GrpcRouter.Protocol;

/// <summary>Bytes that many may hold together: what the windows of a channel may grow by, or what requests may be kept for retries.</summary>
public sealed class WindowBudget
{
    private readonly WindowBudget? whole;
    private long limit;
    private long used;

    /// <summary>Makes a budget of which nothing is taken.</summary>
    /// <param name="limit">In bytes.</param>
    /// <param name="whole">The budget that this one is a part of; null when there is none.</param>
    public WindowBudget(long limit, WindowBudget? whole = null)
    {
        this.limit = limit;
        this.whole = whole;
    }

    /// <summary>How many there may be, in bytes. With fewer than are in use, none are given until enough came back.</summary>
    public long Limit
    {
        get => Volatile.Read(ref limit);
        set => Volatile.Write(ref limit, value);
    }

    /// <summary>Bytes in use.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>Takes bytes if there are that many.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= Limit && whole?.TryTake(bytes) != false)
        {
            return true;
        }

        Interlocked.Add(ref used, -bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes)
    {
        Interlocked.Add(ref used, -bytes);
        whole?.Return(bytes);
    }
}
