using System.Collections.Concurrent;

namespace GrpcRouter;

/// <summary>Keeps finished call objects for the next calls.</summary>
internal sealed class CallPool
{
    /// <summary>As many as are under way on a busy small router; more are left to the collector.</summary>
    public const int Capacity = 4096;

    private readonly ConcurrentQueue<RoutedCall> idle = new();
    private int count;

    /// <summary>Calls that are kept.</summary>
    public int Count => idle.Count;

    public RoutedCall Rent()
    {
        if (idle.TryDequeue(out RoutedCall? call))
        {
            Interlocked.Decrement(ref count);
            return call;
        }

        return new RoutedCall();
    }

    public void Return(RoutedCall call)
    {
        if (Interlocked.Increment(ref count) <= Capacity)
        {
            idle.Enqueue(call);
        }
        else
        {
            Interlocked.Decrement(ref count);
        }
    }
}
