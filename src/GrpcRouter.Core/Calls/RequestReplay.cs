using System.Buffers;

namespace GrpcRouter;

/// <summary>
/// The part of a request that has been taken from the client, as it came, for another attempt. Small requests fit into what the object keeps for the next call;
/// what is larger is counted against what all calls may keep.
/// </summary>
internal sealed class RequestReplay
{
    private const int KeptBytes = 2048;

    private byte[] bytes = [];
    private int length;
    private int counted;
    private bool whole = true;
    private RequestReplay? lender;

    /// <summary>All that was taken is here.</summary>
    public bool IsWhole => Volatile.Read(ref whole);

    /// <summary>The client has ended its stream.</summary>
    public bool IsComplete { get; set; }

    /// <summary>There is something to be sent anew.</summary>
    public bool Any => length > 0 || IsComplete;

    public ReadOnlySequence<byte> Bytes => lender?.Bytes ?? new(bytes, 0, length);

    /// <summary>Bytes that are kept here.</summary>
    public int Length => length;

    /// <summary>Makes room in advance, so that so many bytes in all are sure to be kept.</summary>
    /// <returns>False when they are more than may be kept.</returns>
    public bool TryReserve(long needed, RouterHub hub) =>
        needed <= hub.Options.RetryBufferPerCall && (needed <= bytes.Length || TryGrow((int)needed, hub));

    /// <summary>Sends a request that is here as a whole and kept elsewhere until this call is over.</summary>
    public void Borrow(RequestReplay request)
    {
        lender = request;
        IsComplete = true;
    }

    /// <summary>Keeps more. What is over a limit is not kept, and from then on there is no other attempt.</summary>
    public void Append(in ReadOnlySequence<byte> more, RouterHub hub)
    {
        if (!IsWhole || more.IsEmpty)
        {
            return;
        }

        long needed = length + more.Length;
        if (needed > hub.Options.RetryBufferPerCall || (needed > bytes.Length && !TryGrow((int)needed, hub)))
        {
            Drop(hub);
            return;
        }

        more.CopyTo(bytes.AsSpan(length));
        length = (int)needed;
    }

    /// <summary>There will be no other attempt.</summary>
    public void Drop(RouterHub hub)
    {
        Volatile.Write(ref whole, false);
        Empty(hub);
    }

    /// <summary>Makes ready for another call.</summary>
    public void Reset(RouterHub hub)
    {
        Empty(hub);
        IsComplete = false;
        whole = true;
    }

    private void Empty(RouterHub hub)
    {
        length = 0;
        lender = null;
        if (bytes.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = [];
        }

        if (counted > 0)
        {
            hub.ReplayBytes.Return(counted);
            counted = 0;
        }
    }

    private bool TryGrow(int needed, RouterHub hub)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, needed));
        int more = larger.Length > KeptBytes ? larger.Length - counted : 0;
        if (more > 0 && !hub.ReplayBytes.TryTake(more))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        counted += more;
        bytes.AsSpan(0, length).CopyTo(larger);
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        bytes = larger;
        return true;
    }
}
