namespace GrpcRouter;

/// <summary>
/// What a policy computes from a snapshot. The first is computed by the pick that needs it, and later ones in the background while the one before serves;
/// snapshots that come faster than they can be computed are passed over.
/// </summary>
/// <param name="build">Computes it.</param>
/// <param name="small">Up to so many channels it is computed at once in any case.</param>
internal sealed class SnapshotTable<T>(Func<InstanceSnapshot, T> build, int small = 0) : IThreadPoolWorkItem
    where T : class
{
    private readonly Lock gate = new();
    private Entry? current;
    private InstanceSnapshot wanted = InstanceSnapshot.Empty;
    private bool queued;

    /// <summary>Gives what there is for a snapshot.</summary>
    /// <param name="instances">The snapshot.</param>
    /// <param name="isStale">It was computed from an older one.</param>
    public T For(InstanceSnapshot instances, out bool isStale)
    {
        Entry? entry = Volatile.Read(ref current);
        isStale = false;
        if (entry is not null && ReferenceEquals(entry.Instances, instances))
        {
            return entry.Table;
        }

        if (entry is null || instances.Count <= small)
        {
            return Build(instances);
        }

        isStale = true;
        Request(instances);
        return entry.Table;
    }

    /// <summary>Computes it now, unless that was done.</summary>
    /// <param name="instances">The snapshot.</param>
    /// <param name="anew">Also if it was done: something else has changed.</param>
    public T Build(InstanceSnapshot instances, bool anew = false)
    {
        lock (gate)
        {
            if (anew || !ReferenceEquals(current?.Instances, instances))
            {
                Volatile.Write(ref current, new Entry(instances, build(instances)));
            }

            return current!.Table;
        }
    }

    /// <summary>Has it computed soon.</summary>
    public void Request(InstanceSnapshot instances)
    {
        Volatile.Write(ref wanted, instances);
        if (!Interlocked.Exchange(ref queued, true))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Lets go of channels that are gone, when nothing came after them.</summary>
    public void Clear() => Volatile.Write(ref current, null);

    void IThreadPoolWorkItem.Execute()
    {
        InstanceSnapshot built;
        do
        {
            built = Volatile.Read(ref wanted);
            Build(built);
            Volatile.Write(ref queued, false);
        }
        while (!ReferenceEquals(built, Volatile.Read(ref wanted)) && !Interlocked.Exchange(ref queued, true));
    }

    private sealed record Entry(InstanceSnapshot Instances, T Table);
}
