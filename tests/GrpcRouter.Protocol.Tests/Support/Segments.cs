using System.Buffers;

namespace GrpcRouter.Protocol.Tests;

/// <summary>A sequence of several segments, as a pipe hands out.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(byte[] bytes, Segments? previous)
    {
        Memory = bytes;
        if (previous is not null)
        {
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }

    public static ReadOnlySequence<byte> Of(params byte[][] parts)
    {
        Segments first = new(parts[0], null);
        var last = parts.Skip(1).Aggregate(first, static (previous, bytes) => new Segments(bytes, previous));
        return new(first, 0, last, last.Memory.Length);
    }
}
