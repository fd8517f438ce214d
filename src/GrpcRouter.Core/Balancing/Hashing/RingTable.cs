using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace GrpcRouter;

/// <summary>
/// A ring of hashes on which each instance has points in proportion to its weight. Unlike in gRFC A42, where the points of the ring are shared out anew with each instance that comes, the
/// number for each stays the same up to the greatest size: then the keys of a newcomer move, and no others.
/// </summary>
internal static class RingTable
{
    // What the least size is for: with 128 points of 1,024 the shares differ by a tenth or so.
    private const int Shares = 8;

    // An id is up to 128 characters, and a number up to 10.
    private const int NameSize = 256;

    public static HashTable Build(HashOwner[] owners, int minSize, int maxSize)
    {
        double lightest = owners.Min(static owner => owner.Weight);
        double perWeight = Math.Ceiling(minSize / (double)Shares) / lightest;
        double total = owners.Sum(static owner => (double)owner.Weight) * perWeight;
        perWeight *= Math.Min(1, maxSize / total);
        int[] counts = [.. owners.Select(owner => Math.Max(1, (int)Math.Floor((owner.Weight * perWeight) + 1e-6)))];
        ulong[] points = new ulong[counts.Sum()];
        int[] slots = new int[points.Length];
        int used = 0;
        Span<byte> name = stackalloc byte[NameSize];
        for (int i = 0; i < owners.Length; i++)
        {
            int length = Encoding.UTF8.GetBytes(owners[i].Instance.Id, name);
            name[length++] = (byte)'_';
            for (int point = 0; point < counts[i]; point++)
            {
                Utf8Formatter.TryFormat(point, name[length..], out int digits);
                points[used] = XxHash64.HashToUInt64(name[..(length + digits)]);
                slots[used++] = i;
            }
        }

        Array.Sort(points, slots);
        return new HashTable(owners, slots, points);
    }
}
