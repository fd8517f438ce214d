using System.Collections;

namespace GrpcRouter;

/// <summary>
/// A list that never changes. A changed copy shares all but one or two of its chunks, so that a change to a long list costs little and
/// whoever reads the old one is not disturbed.
/// </summary>
internal sealed class SharedList<T> : IReadOnlyList<T>
{
    // For 10,000 items a change copies 80 references to chunks and one or two chunks, a fiftieth of the list.
    private const int ChunkBits = 7;

    /// <summary>Items in a chunk; all chunks but the last are full.</summary>
    public const int ChunkSize = 1 << ChunkBits;

    private readonly T[][] chunks;

    private SharedList(T[][] chunks, int count)
    {
        this.chunks = chunks;
        Count = count;
    }

    /// <summary>The list of nothing.</summary>
    public static SharedList<T> Empty { get; } = new([], 0);

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public T this[int index] => chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    /// <summary>This list and one more item, at the end.</summary>
    public SharedList<T> Add(T item)
    {
        int used = Count & (ChunkSize - 1);
        T[][] copy = new T[used == 0 ? chunks.Length + 1 : chunks.Length][];
        chunks.CopyTo(copy, 0);
        T[] last = new T[used + 1];
        if (used > 0)
        {
            chunks[^1].CopyTo(last, 0);
        }

        last[used] = item;
        copy[^1] = last;
        return new SharedList<T>(copy, Count + 1);
    }

    /// <summary>This list without an item; the last one takes its place.</summary>
    public SharedList<T> RemoveAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        T moved = chunks[^1][^1];
        T[] last = chunks[^1][..^1];
        T[][] copy = last.Length == 0 ? chunks[..^1] : [.. chunks];
        if (last.Length > 0)
        {
            copy[^1] = last;
        }

        if (index < Count - 1)
        {
            int chunk = index >> ChunkBits;

            // The last chunk is a copy already.
            T[] changed = chunk == copy.Length - 1 && last.Length > 0 ? last : [.. copy[chunk]];
            changed[index & (ChunkSize - 1)] = moved;
            copy[chunk] = changed;
        }

        return new SharedList<T>(copy, Count - 1);
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        foreach (T[] chunk in chunks)
        {
            foreach (T item in chunk)
            {
                yield return item;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
