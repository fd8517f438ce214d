namespace GrpcRouter;

/// <summary>
/// Finished calls of one channel, for its next ones. Any thread returns; only the reader of the channel rents. So while the reader looks at a call, that call may
/// end but cannot become another.
/// </summary>
internal sealed class CallPool
{
    // As many as a busy instance has under way; what a burst leaves beyond that is the collector's.
    private const int Capacity = 1024;

    private InboundCall? rentable;
    private InboundCall? returned;

    /// <summary>Gives a call that is over, or null when there is none.</summary>
    public InboundCall? Rent()
    {
        rentable ??= Interlocked.Exchange(ref returned, null);
        InboundCall? call = rentable;
        if (call is not null)
        {
            rentable = call.NextIdle;
            call.NextIdle = null;
        }

        return call;
    }

    public void Return(InboundCall call)
    {
        InboundCall? first = Volatile.Read(ref returned);
        while (true)
        {
            call.NextIdle = first;
            call.IdleCount = (first?.IdleCount ?? 0) + 1;
            if (call.IdleCount > Capacity)
            {
                return;
            }

            InboundCall? seen = Interlocked.CompareExchange(ref returned, call, first);
            if (ReferenceEquals(seen, first))
            {
                return;
            }

            first = seen;
        }
    }
}
