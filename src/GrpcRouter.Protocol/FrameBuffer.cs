using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace GrpcRouter.Protocol;

/// <summary>
/// A growing pooled buffer that frames are written into, each with its gRPC prefix. Not thread-safe.
/// </summary>
public sealed class FrameBuffer : IBufferWriter<byte>, IDisposable
{
    private const int MinimumSize = 256;

    // An array larger than this goes back to the pool when the buffer is reset, so that one burst does not stay for ever.
    private const int RetainedSize = 256 * 1024;

    private byte[] array = [];
    private int length;

    /// <summary>Bytes written since the last reset.</summary>
    public int Length => length;

    /// <summary>Bytes that the buffer takes from the pool, used or not.</summary>
    public int Capacity => array.Length;

    /// <summary>What has been written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => array.AsMemory(0, length);

    /// <inheritdoc cref="WrittenMemory"/>
    public ReadOnlySpan<byte> WrittenSpan => array.AsSpan(0, length);

    /// <summary>Starts a frame of a call, or a channel frame when <paramref name="callId"/> is 0.</summary>
    /// <returns>The mark to give to <see cref="EndFrame"/>.</returns>
    public int BeginFrame(ulong callId)
    {
        Ensure(FrameField.PrefixLength + 11);
        int mark = length;
        length += FrameField.PrefixLength;
        if (callId != 0)
        {
            array[length++] = FrameField.CallId << 3;
            length += Wire.WriteVarint(array.AsSpan(length), callId);
        }

        return mark;
    }

    /// <summary>Ends the frame: its length is now known and put into the prefix.</summary>
    public void EndFrame(int mark)
    {
        MessagePrefix.Write(array.AsSpan(mark), compressed: false, (uint)(length - mark - FrameField.PrefixLength));
    }

    /// <summary>Starts an embedded message.</summary>
    /// <returns>The mark to give to <see cref="EndNested"/>.</returns>
    public int BeginNested(int field)
    {
        WriteTag(field, Wire.LengthDelimited);
        Ensure(1);
        return length++;
    }

    /// <summary>Ends the embedded message. One byte was kept for its length; a longer length moves the content.</summary>
    public void EndNested(int mark)
    {
        int size = length - mark - 1;
        int lengthBytes = Wire.VarintSize((ulong)size);
        if (lengthBytes > 1)
        {
            Ensure(lengthBytes - 1);
            array.AsSpan(mark + 1, size).CopyTo(array.AsSpan(mark + lengthBytes));
            length += lengthBytes - 1;
        }

        Wire.WriteVarint(array.AsSpan(mark), (ulong)size);
    }

    /// <summary>Writes a varint field, also when the value is 0.</summary>
    public void WriteVarint(int field, ulong value)
    {
        Ensure(20);
        length += Wire.WriteVarint(array.AsSpan(length), ((uint)field << 3) | Wire.Varint);
        length += Wire.WriteVarint(array.AsSpan(length), value);
    }

    /// <summary>Writes a length-delimited field.</summary>
    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteLengthPrefix(field, value.Length);
        Ensure(value.Length);
        value.CopyTo(array.AsSpan(length));
        length += value.Length;
    }

    /// <inheritdoc cref="WriteBytes(int, ReadOnlySpan{byte})"/>
    public void WriteBytes(int field, in ReadOnlySequence<byte> value)
    {
        int size = checked((int)value.Length);
        WriteLengthPrefix(field, size);
        Ensure(size);
        value.CopyTo(array.AsSpan(length));
        length += size;
    }

    /// <summary>Writes the tag and the length of a length-delimited field whose content follows through the writer.</summary>
    public void WriteLengthPrefix(int field, int size)
    {
        Ensure(15);
        length += Wire.WriteVarint(array.AsSpan(length), ((uint)field << 3) | Wire.LengthDelimited);
        length += Wire.WriteVarint(array.AsSpan(length), (ulong)size);
    }

    /// <summary>Writes a string field in UTF-8.</summary>
    public void WriteString(int field, string value)
    {
        int size = Encoding.UTF8.GetByteCount(value);
        WriteLengthPrefix(field, size);
        Ensure(size);
        length += Encoding.UTF8.GetBytes(value, array.AsSpan(length));
    }

    /// <summary>Appends bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value)
    {
        Ensure(value.Length);
        value.CopyTo(array.AsSpan(length));
        length += value.Length;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, array.Length - length);
        length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return array.AsMemory(length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return array.AsSpan(length);
    }

    /// <summary>Empties the buffer and keeps its array, unless a burst made it large.</summary>
    public void Reset() => Trim(RetainedSize);

    /// <summary>Empties the buffer, and gives its array back to the pool when it is larger than what may be kept.</summary>
    /// <param name="kept">In bytes.</param>
    public void Trim(int kept)
    {
        length = 0;
        if (array.Length > kept)
        {
            Dispose();
        }
    }

    /// <summary>Empties the buffer and gives its array back to the pool. The buffer stays usable.</summary>
    public void Dispose()
    {
        byte[] returned = array;
        array = [];
        length = 0;
        if (returned.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(returned);
        }
    }

    private void WriteTag(int field, uint wireType)
    {
        Ensure(10);
        length += Wire.WriteVarint(array.AsSpan(length), ((uint)field << 3) | wireType);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ensure(int count)
    {
        if (array.Length - length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinimumSize, Math.Max(checked(length + count), array.Length * 2)));
        array.AsSpan(0, length).CopyTo(larger);
        byte[] returned = array;
        array = larger;
        if (returned.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(returned);
        }
    }
}
