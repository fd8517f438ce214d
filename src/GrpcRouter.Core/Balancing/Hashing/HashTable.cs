namespace GrpcRouter;

/// <summary>Leads hashes to instances. It never changes.</summary>
/// <param name="owners">All instances.</param>
/// <param name="slots">The instance of each slot, by its place in <paramref name="owners"/>.</param>
/// <param name="points">Up to which hash each slot goes, ascending; null when slots share hashes out evenly.</param>
internal sealed class HashTable(HashOwner[] owners, int[] slots, ulong[]? points)
{
    public int Length => slots.Length;

    public HashOwner[] Owners => owners;

    /// <summary>The instance of a slot.</summary>
    public HashOwner this[int slot] => owners[slots[slot]];

    /// <summary>The slot of a hash.</summary>
    public int Find(ulong hash)
    {
        if (points is null)
        {
            return (int)(hash % (ulong)slots.Length);
        }

        int index = Array.BinarySearch(points, hash);
        index = index < 0 ? ~index : index;
        return index == points.Length ? 0 : index;
    }
}
