using System.Buffers;

namespace GrpcRouter;

/// <summary>A growing array from the pool. The first growth is trusted to be exact.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int MinimumSize = 256;

    private byte[] _array = [];

    public int Length { get; private set; }

    public Memory<byte> Written => _array.AsMemory(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Reserve(int size)
    {
        if (size <= _array.Length - Length)
        {
            return;
        }

        var needed = (long)Length + size;
        var wanted = Math.Max(Math.Max(needed, 2L * _array.Length), MinimumSize);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(wanted, Array.MaxLength)));
        _array.AsSpan(0, Length).CopyTo(larger);
        Return();
        _array = larger;
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        Return();
        _array = [];
        Length = 0;
    }

    private void Return()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
