using System.Buffers;
using System.Buffers.Binary;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// Request messages as a run of bytes, each behind a gRPC prefix. So a queued message takes what it costs in credit, however
/// small it is. One side appends, the other consumes; the owner does the locking.
/// </summary>
internal sealed class RequestBytes
{
    private const int SegmentSize = 16 * 1024;
    private const int FirstSegment = 256;
    private const int SmallSegment = 4 * 1024;

    private RequestSegment? first;
    private RequestSegment? last;
    private int start;
    private int end;

    /// <summary>Bytes held, prefixes included.</summary>
    public int Length { get; private set; }

    public void AppendPrefix(uint length, bool compressed)
    {
        // A prefix is never split over two segments, so that reading it needs no copy.
        if (last is null || last.Size - end < FrameField.PrefixLength)
        {
            AddSegment(FrameField.PrefixLength + (int)Math.Min(length, SegmentSize));
        }

        MessagePrefix.Write(last!.Span[end..], compressed, length);
        end += FrameField.PrefixLength;
        Length += FrameField.PrefixLength;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (end == last!.Size)
            {
                AddSegment(Math.Max(bytes.Length, SegmentSize));
            }

            int count = Math.Min(bytes.Length, last.Size - end);
            bytes[..count].CopyTo(last.Span[end..]);
            end += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Reads the prefix of the first message; false when there is none.</summary>
    public bool TryPeek(out uint length, out bool compressed)
    {
        length = 0;
        compressed = false;
        if (Length == 0)
        {
            return false;
        }

        SkipToPrefix();
        ReadOnlySpan<byte> prefix = first!.Span[start..];
        compressed = prefix[0] != 0;
        length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        return true;
    }

    /// <summary>Gives the first message, which must be complete. Appending more does not disturb it.</summary>
    public ReadOnlySequence<byte> Read(uint length)
    {
        SkipToPrefix();
        RequestSegment segment = first!;
        int from = start + FrameField.PrefixLength;
        (RequestSegment to, int index) = Advance(segment, from, length);
        return new ReadOnlySequence<byte>(segment, from, to, index);
    }

    /// <summary>Drops the first message.</summary>
    public void Consume(uint length)
    {
        SkipToPrefix();
        Length -= FrameField.PrefixLength + (int)length;
        (RequestSegment to, int index) = Advance(first!, start + FrameField.PrefixLength, length);
        ReleaseUntil(to);
        start = index;
        if (Length == 0)
        {
            Clear();
        }
    }

    public void Clear()
    {
        ReleaseUntil(null);
        last = null;
        start = end = Length = 0;
    }

    // The writer leaves the rest of a segment unused when a prefix does not fit there.
    private void SkipToPrefix()
    {
        if (first!.Size - start < FrameField.PrefixLength)
        {
            ReleaseUntil(first.NextSegment);
            start = 0;
        }
    }

    private static (RequestSegment Segment, int Index) Advance(RequestSegment segment, int index, long count)
    {
        while (count > segment.Size - index)
        {
            count -= segment.Size - index;
            segment = segment.NextSegment!;
            index = 0;
        }

        return (segment, index + (int)count);
    }

    private void AddSegment(int size)
    {
        last = new RequestSegment(Math.Max(size, last is null ? FirstSegment : SmallSegment), last);
        end = 0;
        first ??= last;
    }

    private void ReleaseUntil(RequestSegment? stop)
    {
        while (first is not null && first != stop)
        {
            RequestSegment released = first;
            first = released.NextSegment;
            released.Release();
        }
    }
}
