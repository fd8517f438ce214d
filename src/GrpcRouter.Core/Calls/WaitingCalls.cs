namespace GrpcRouter;

/// <summary>Calls of a service that wait for an instance. All of them look again when what can be picked has changed.</summary>
internal sealed class WaitingCalls : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly Dictionary<RoutedCall, long> calls = [];

    public WaitingCalls(InstanceRegistry registry) => registry.OnChanged = Wake;

    public int Count
    {
        get
        {
            lock (gate)
            {
                return calls.Count;
            }
        }
    }

    /// <param name="call">The call.</param>
    /// <param name="serial">Its serial.</param>
    /// <param name="limit">How many may wait. A call that waits holds its client's request, so the number bounds memory.</param>
    /// <returns>False when too many wait.</returns>
    public bool TryAdd(RoutedCall call, long serial, int limit)
    {
        lock (gate)
        {
            if (calls.Count >= limit)
            {
                return false;
            }

            calls[call] = serial;
            return true;
        }
    }

    public void Remove(RoutedCall call)
    {
        lock (gate)
        {
            calls.Remove(call);
        }
    }

    /// <summary>Lets them look again, on another thread.</summary>
    public void Wake()
    {
        if (Count > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        KeyValuePair<RoutedCall, long>[] all;
        lock (gate)
        {
            all = [.. calls];
            calls.Clear();
        }

        foreach ((RoutedCall call, long serial) in all)
        {
            call.StartAttempt(serial);
        }
    }
}
