namespace GrpcRouter;

/// <summary>
/// A table in which each instance has slots in proportion to its weight. Every instance has an order of all slots of its own, made from its id, and they take turns
/// in claiming the next free one (Eisenbud et al., "Maglev", section 3.4).
/// </summary>
internal static class MaglevTable
{
    public static HashTable Build(HashOwner[] owners, int size)
    {
        double heaviest = owners.Max(static owner => owner.Weight);
        int[] next = new int[owners.Length];
        int[] skip = new int[owners.Length];
        double[] due = new double[owners.Length];
        for (int i = 0; i < owners.Length; i++)
        {
            next[i] = (int)(KeyHash.Of(owners[i].Instance.Id) % (ulong)size);
            skip[i] = (int)(KeyHash.Of(owners[i].Instance.Id, seed: 1) % (ulong)(size - 1)) + 1;
        }

        int[] slots = new int[size];
        Array.Fill(slots, -1);
        int taken = 0;
        while (true)
        {
            for (int i = 0; i < owners.Length; i++)
            {
                due[i] += owners[i].Weight / heaviest;
                if (due[i] < 1)
                {
                    continue;
                }

                due[i]--;
                while (slots[next[i]] >= 0)
                {
                    next[i] = Step(next[i], skip[i], size);
                }

                slots[next[i]] = i;
                next[i] = Step(next[i], skip[i], size);
                if (++taken == size)
                {
                    return new HashTable(owners, slots, points: null);
                }
            }
        }
    }

    private static int Step(int slot, int skip, int size) => (int)(((long)slot + skip) % size);
}
