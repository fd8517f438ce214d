using System.Buffers;

namespace GrpcRouter;

/// <summary>A pooled piece of a call's request bytes.</summary>
internal sealed class RequestSegment : ReadOnlySequenceSegment<byte>
{
    private readonly byte[] array;

    public RequestSegment(int size, RequestSegment? previous)
    {
        array = ArrayPool<byte>.Shared.Rent(size);
        Memory = array;
        if (previous is not null)
        {
            RunningIndex = previous.RunningIndex + previous.array.Length;
            previous.Next = this;
        }
    }

    public int Size => array.Length;

    public Span<byte> Span => array;

    public RequestSegment? NextSegment => (RequestSegment?)Next;

    public void Release() => ArrayPool<byte>.Shared.Return(array);
}
