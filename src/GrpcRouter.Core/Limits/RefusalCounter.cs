namespace GrpcRouter;

/// <summary>How often a limit has refused something, since the router's start.</summary>
internal sealed class RefusalCounter
{
    private long count;

    public long Count => Volatile.Read(ref count);

    public void Increment() => Interlocked.Increment(ref count);
}
