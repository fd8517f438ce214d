using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace GrpcRouter;

/// <summary>
/// A ring of hashes on which each instance has points in proportion to its weight (gRFC A42): as many that the lightest has a whole number of them and all have
/// the least size together, unless that is more than the greatest.
/// </summary>
internal static class RingTable
{
    // An id is up to 128 characters, and a number up to 10.
    private const int NameSize = 256;

    public static HashTable Build(HashOwner[] owners, int minSize, int maxSize)
    {
        double total = owners.Sum(static owner => (double)owner.Weight);
        double lightest = owners.Min(static owner => owner.Weight) / total;
        double scale = Math.Min(Math.Ceiling(lightest * minSize) / lightest, maxSize);
        ulong[] points = new ulong[(int)Math.Ceiling(scale)];
        int[] slots = new int[points.Length];
        double due = 0;
        int used = 0;
        Span<byte> name = stackalloc byte[NameSize];
        for (int i = 0; i < owners.Length; i++)
        {
            due += scale * (owners[i].Weight / total);
            int length = Encoding.UTF8.GetBytes(owners[i].Instance.Id, name);
            name[length++] = (byte)'_';
            for (int point = 0; used < due && used < points.Length; point++)
            {
                Utf8Formatter.TryFormat(point, name[length..], out int digits);
                points[used] = XxHash64.HashToUInt64(name[..(length + digits)]);
                slots[used++] = i;
            }
        }

        // What is missing to a whole number may be lost to rounding.
        Array.Resize(ref points, used);
        Array.Resize(ref slots, used);
        Array.Sort(points, slots);
        return new HashTable(owners, slots, points);
    }
}
