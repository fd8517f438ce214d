using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GrpcRouter;

/// <summary>The tokens that have been used, each until it expires. Only tokens that were verified come here, so strangers cannot fill it.</summary>
internal sealed class ReplayCache
{
    private readonly Lock gate = new();
    private readonly HashSet<UInt128> used = [];
    private readonly PriorityQueue<UInt128, DateTimeOffset> ends = new();

    public int Count
    {
        get
        {
            lock (gate)
            {
                return used.Count;
            }
        }
    }

    /// <summary>Notes the use of a token.</summary>
    /// <param name="key">The id of the key that signed it: ids of tokens are distinct for each.</param>
    /// <param name="token">Its id.</param>
    /// <param name="end">From when on it is refused anyway.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">How many may be remembered.</param>
    public ReplayAnswer Use(string key, string token, DateTimeOffset end, DateTimeOffset now, int limit)
    {
        // Ids of any length take the same room.
        UInt128 entry = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Length}:{key}{token}")));
        lock (gate)
        {
            while (ends.TryPeek(out UInt128 oldest, out DateTimeOffset over) && over <= now)
            {
                ends.Dequeue();
                used.Remove(oldest);
            }

            if (used.Contains(entry))
            {
                return ReplayAnswer.Replayed;
            }

            if (used.Count >= limit)
            {
                return ReplayAnswer.Full;
            }

            used.Add(entry);
            ends.Enqueue(entry, end);
            return ReplayAnswer.First;
        }
    }
}
