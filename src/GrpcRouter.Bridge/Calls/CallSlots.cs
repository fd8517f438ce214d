using System.Collections.Concurrent;

namespace GrpcRouter;

/// <summary>
/// The calls of one channel by id. A router that numbers its calls by slots has small numbers in the low bits of its ids, and these find the call with an
/// array access. Ids are the router's own affair, so any others work too, by a dictionary. Only the reader of the channel adds and finds; any thread removes.
/// </summary>
internal sealed class CallSlots
{
    private const int SlotBits = 20;
    private const int SegmentBits = 8;
    private const int SegmentSize = 1 << SegmentBits;
    private const ulong LargestSegment = (1 << (SlotBits - SegmentBits)) - 1;

    private readonly ConcurrentDictionary<ulong, InboundCall> others = new();

    // A segment stays where it is once it has been opened; the list of them is replaced by a longer one.
    private InboundCall?[][] segments = [];
    private int count;

    public int Count => Volatile.Read(ref count);

    public void Add(InboundCall call)
    {
        int before = Interlocked.Increment(ref count) - 1;
        int number = Number(call.Id);
        if (number == segments.Length && before >= number * SegmentSize / 2)
        {
            Volatile.Write(ref segments, [.. segments, new InboundCall?[SegmentSize]]);
        }

        if (Segment(call.Id) is { } segment)
        {
            ref InboundCall? slot = ref segment[Index(call.Id)];
            if (Volatile.Read(ref slot) is null)
            {
                Volatile.Write(ref slot, call);
                return;
            }
        }

        others[call.Id] = call;
    }

    public InboundCall? Find(ulong id)
    {
        if (Segment(id) is { } segment && Volatile.Read(ref segment[Index(id)]) is { } call && call.Id == id)
        {
            return call;
        }

        return others.IsEmpty ? null : others.GetValueOrDefault(id);
    }

    public void Remove(InboundCall call)
    {
        if (Segment(call.Id) is not { } segment
            || !ReferenceEquals(Interlocked.CompareExchange(ref segment[Index(call.Id)], null, call), call))
        {
            others.TryRemove(call.Id, out _);
        }

        Interlocked.Decrement(ref count);
    }

    /// <summary>Gives the calls that are there now.</summary>
    public List<InboundCall> ToList()
    {
        List<InboundCall> calls = [.. others.Values];
        foreach (InboundCall?[] segment in Volatile.Read(ref segments))
        {
            foreach (ref InboundCall? slot in segment.AsSpan())
            {
                if (Volatile.Read(ref slot) is { } call)
                {
                    calls.Add(call);
                }
            }
        }

        return calls;
    }

    private static int Index(ulong id) => (int)id & (SegmentSize - 1);

    private static int Number(ulong id) => (int)((id >> SegmentBits) & LargestSegment);

    // A router that takes the lowest free slot needs another segment only when those before are in use. Ids that are scattered would open them all.
    private InboundCall?[]? Segment(ulong id)
    {
        InboundCall?[][] open = Volatile.Read(ref segments);
        int number = Number(id);
        return number < open.Length ? open[number] : null;
    }
}
