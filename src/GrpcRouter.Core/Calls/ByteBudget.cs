namespace GrpcRouter;

/// <summary>Bytes that may be held together.</summary>
/// <param name="limit">How many.</param>
internal sealed class ByteBudget(long limit)
{
    private long used;

    public long Used => Volatile.Read(ref used);

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref used, -bytes);
        return false;
    }

    public void Give(int bytes) => Interlocked.Add(ref used, -bytes);
}
