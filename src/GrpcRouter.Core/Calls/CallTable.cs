namespace GrpcRouter;

/// <summary>
/// The calls of one channel by id. An id is a slot and how often the slot has been used, so a look-up is an array access, and an id that
/// was never issued, or is over, is told from a live one.
/// </summary>
internal sealed class CallTable(int limit)
{
    private const int SlotBits = 20;

    /// <summary>As many calls as an id has room for.</summary>
    public const int MaxSlots = (1 << SlotBits) - 1;

    private readonly Lock gate = new();
    private Slot[] slots = new Slot[16];
    private int free = -1;
    private int used;
    private int count;
    private bool closed;
    private bool stopped;

    public int Count => Volatile.Read(ref count);

    /// <summary>Gives a call an id; 0 when the table is closed, full, or takes no more.</summary>
    public ulong Add(RoutedCall call)
    {
        lock (gate)
        {
            if (closed || stopped || count >= limit)
            {
                return 0;
            }

            int index = free;
            if (index >= 0)
            {
                free = slots[index].NextFree;
            }
            else
            {
                index = used++;
                if (index == slots.Length)
                {
                    Array.Resize(ref slots, slots.Length * 2);
                }
            }

            ref Slot slot = ref slots[index];
            slot.Uses++;
            slot.Call = call;
            slot.State = SlotState.Live;
            count++;
            return (slot.Uses << SlotBits) | (uint)(index + 1);
        }
    }

    /// <summary>Finds the call of an id, and tells ids apart that have none.</summary>
    public SlotState Find(ulong id, out RoutedCall? call)
    {
        lock (gate)
        {
            return Find_NeedsLock(id, out call, out _);
        }
    }

    /// <summary>Finds the call of an id that the instance has ended, and frees the id.</summary>
    public SlotState Take(ulong id, out RoutedCall? call)
    {
        lock (gate)
        {
            SlotState state = Find_NeedsLock(id, out call, out int index);
            if (state is SlotState.Live or SlotState.Withdrawn)
            {
                Free_NeedsLock(index);
            }

            return state;
        }
    }

    /// <summary>Calls that the router is done with and the instance has not ended.</summary>
    public int Withdrawn
    {
        get
        {
            lock (gate)
            {
                int sum = 0;
                foreach (ref readonly Slot slot in slots.AsSpan(0, used))
                {
                    sum += slot.State == SlotState.Withdrawn ? 1 : 0;
                }

                return sum;
            }
        }
    }

    /// <summary>The calls under way now.</summary>
    public List<RoutedCall> Live()
    {
        List<RoutedCall> live = [];
        lock (gate)
        {
            foreach (ref readonly Slot slot in slots.AsSpan(0, used))
            {
                if (slot is { State: SlotState.Live, Call: { } call })
                {
                    live.Add(call);
                }
            }
        }

        return live;
    }

    /// <summary>The router is done with the call; the id stays taken until the instance ends it.</summary>
    /// <param name="id">The call.</param>
    /// <param name="allowance">Bytes that the instance may still send for it; see <see cref="TrySpend"/>.</param>
    /// <returns>False when the instance has ended it already.</returns>
    public bool Withdraw(ulong id, long allowance)
    {
        lock (gate)
        {
            if (Find_NeedsLock(id, out _, out int index) != SlotState.Live)
            {
                return false;
            }

            slots[index].State = SlotState.Withdrawn;
            slots[index].Allowance = allowance;
            slots[index].Call = null;
            return true;
        }
    }

    /// <summary>Notes bytes that came for a withdrawn call.</summary>
    /// <returns>False when they are more than may still come.</returns>
    public bool TrySpend(ulong id, long bytes)
    {
        lock (gate)
        {
            return Find_NeedsLock(id, out _, out int index) != SlotState.Withdrawn || (slots[index].Allowance -= bytes) >= 0;
        }
    }

    /// <summary>Frees an id.</summary>
    public void Remove(ulong id) => Take(id, out _);

    /// <summary>Takes no more calls; those that have an id keep it. From then on a count of zero stays zero.</summary>
    public void StopAdding()
    {
        lock (gate)
        {
            stopped = true;
        }
    }

    /// <summary>Takes no more calls and gives those that were live, each once.</summary>
    public List<(ulong Id, RoutedCall Call)> Close()
    {
        List<(ulong, RoutedCall)> live = [];
        lock (gate)
        {
            closed = true;
            for (int i = 0; i < used; i++)
            {
                ref Slot slot = ref slots[i];
                if (slot.State == SlotState.Live)
                {
                    live.Add(((slot.Uses << SlotBits) | (uint)(i + 1), slot.Call!));
                }

                slot.Call = null;
                slot.State = SlotState.Over;
            }

            count = 0;
        }

        return live;
    }

    private SlotState Find_NeedsLock(ulong id, out RoutedCall? call, out int index)
    {
        call = null;
        index = Index(id);
        if (index < 0)
        {
            return SlotState.Unknown;
        }

        ref Slot slot = ref slots[index];
        ulong uses = id >> SlotBits;
        if (uses != slot.Uses)
        {
            return uses < slot.Uses && uses > 0 ? SlotState.Over : SlotState.Unknown;
        }

        call = slot.Call;
        return slot.State;
    }

    private void Free_NeedsLock(int index)
    {
        ref Slot slot = ref slots[index];
        slot.Call = null;
        slot.State = SlotState.Over;
        slot.NextFree = free;
        free = index;
        count--;
    }

    private int Index(ulong id)
    {
        int index = (int)(id & MaxSlots) - 1;
        return index < used ? index : -1;
    }

    private struct Slot
    {
        public RoutedCall? Call;
        public ulong Uses;
        public long Allowance;
        public int NextFree;
        public SlotState State;
    }
}
