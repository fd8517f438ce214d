using System.Buffers;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// Response messages between the channel's reader and the client's connection, each behind its gRPC prefix. Small answers take one small
/// array; bulk takes pieces of the pool's favourite size, because one array that doubles would be copied each time and then thrown away.
/// </summary>
internal sealed class ResponseBytes
{
    private const int FirstSize = 256;
    private const int PieceSize = 16 * 1024;

    private readonly List<byte[]> full = [];
    private byte[] array = [];
    private int used;

    // Of the first piece, what has been moved already.
    private int skipped;

    /// <summary>Bytes held.</summary>
    public int Length => (full.Count * PieceSize) + used - skipped;

    /// <summary>Bytes taken from the pool, used or not.</summary>
    public int Capacity => (full.Count * PieceSize) + array.Length;

    public void WritePrefix(uint messageLength, bool compressed)
    {
        Span<byte> prefix = stackalloc byte[FrameField.PrefixLength];
        MessagePrefix.Write(prefix, compressed, messageLength);
        Write(prefix);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > array.Length - used)
        {
            if (array.Length < PieceSize)
            {
                Grow(bytes.Length);
                continue;
            }

            int fitting = array.Length - used;
            bytes[..fitting].CopyTo(array.AsSpan(used));
            bytes = bytes[fitting..];
            full.Add(array);
            array = ArrayPool<byte>.Shared.Rent(PieceSize);
            used = 0;
        }

        bytes.CopyTo(array.AsSpan(used));
        used += bytes.Length;
    }

    /// <summary>Writes some of it on, from the front.</summary>
    /// <param name="target">Takes it.</param>
    /// <param name="count">Bytes; no more than there are.</param>
    public void MoveTo(IBufferWriter<byte> target, int count)
    {
        if (skipped == 0 && count == Length)
        {
            MoveTo(target);
            return;
        }

        while (count > 0)
        {
            bool whole = full.Count > 0;
            byte[] piece = whole ? full[0] : array;
            int taken = Math.Min(count, (whole ? PieceSize : used) - skipped);
            target.Write(piece.AsSpan(skipped, taken));
            skipped += taken;
            count -= taken;
            if (whole && skipped == PieceSize)
            {
                ArrayPool<byte>.Shared.Return(piece);
                full.RemoveAt(0);
                skipped = 0;
            }
        }

        if (Length == 0)
        {
            used = skipped = 0;
        }
    }

    /// <summary>Writes all of it on, and is empty then.</summary>
    public void MoveTo(IBufferWriter<byte> target)
    {
        if (skipped > 0)
        {
            MoveTo(target, Length);
            return;
        }

        foreach (byte[] piece in full)
        {
            target.Write(piece.AsSpan(0, PieceSize));
            ArrayPool<byte>.Shared.Return(piece);
        }

        full.Clear();
        target.Write(array.AsSpan(0, used));
        used = 0;
    }

    /// <summary>Empties it, and gives back what is larger than what may be kept.</summary>
    /// <param name="kept">In bytes.</param>
    public void Trim(int kept)
    {
        foreach (byte[] piece in full)
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        full.Clear();
        used = skipped = 0;
        if (array.Length > kept)
        {
            ArrayPool<byte>.Shared.Return(array);
            array = [];
        }
    }

    // The pool's arrays are powers of two, so the largest that is grown into is a piece.
    private void Grow(int more)
    {
        int size = Math.Min(PieceSize, Math.Max(FirstSize, Math.Max(used + more, array.Length * 2)));
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        array.AsSpan(0, used).CopyTo(larger);
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        array = larger;
    }
}
