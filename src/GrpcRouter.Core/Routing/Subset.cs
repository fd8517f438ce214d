namespace GrpcRouter;

/// <summary>
/// The instances with certain labels. Kept by the registry, whose lock guards all but <see cref="Current"/>; a change costs the same however
/// many instances there are.
/// </summary>
internal class Subset(LabelSelector selector, LocalityPlan locality, int panicThreshold) : IChannelGroup
{
    /// <summary>Localities: the router's zone, its region, elsewhere.</summary>
    public const int Localities = 3;

    /// <summary>Index of the list of all instances.</summary>
    public const int Panic = Localities;

    private readonly ChannelList ready = new();
    private readonly ChannelList[] well = [new(), new(), new()];
    private readonly int[] readyAt = new int[Localities];
    private PickSet current = PickSet.Empty;

    public LabelSelector Selector => selector;

    /// <summary>It has no channel. Guarded as the rest.</summary>
    public bool IsEmpty => ready.Count == 0;

    public virtual PickSet Current => Volatile.Read(ref current);

    public void Add(InstanceChannel channel)
    {
        if (!selector.Matches(channel) || !ready.Add(channel))
        {
            return;
        }

        int place = locality.RankOf(channel);
        readyAt[place]++;
        if (channel.Instance.IsWell)
        {
            well[place].Add(channel);
        }

        Publish();
    }

    public void Remove(InstanceChannel channel)
    {
        if (!ready.Remove(channel))
        {
            return;
        }

        int place = locality.RankOf(channel);
        readyAt[place]--;
        well[place].Remove(channel);
        Publish();
    }

    public void Regrant(InstanceChannel channel, IReadOnlySet<string>? before)
    {
        if (selector.Matches(channel))
        {
            Add(channel);
        }
        else
        {
            Remove(channel);
        }
    }

    /// <summary>The instance's health or ejection has changed.</summary>
    public void Update(InstanceChannel channel)
    {
        if (!ready.Contains(channel))
        {
            return;
        }

        ChannelList list = well[locality.RankOf(channel)];
        if (channel.Instance.IsWell ? list.Add(channel) : list.Remove(channel))
        {
            Publish();
        }
    }

    private void Publish()
    {
        InstanceSnapshot[] lists = [well[0].Snapshot, well[1].Snapshot, well[2].Snapshot, ready.Snapshot];
        int wellCount = well[0].Count + well[1].Count + well[2].Count;
        PickSet next;
        if (wellCount == 0 || (long)wellCount * 100 < (long)panicThreshold * ready.Count)
        {
            next = new PickSet(lists, [0, 0, 0, 100], Panic);
        }
        else
        {
            int[] shares = locality.Shares([well[0].Count, well[1].Count, well[2].Count], readyAt);
            next = new PickSet(lists, [.. shares, 100], OnlyOf(shares));
        }

        Volatile.Write(ref current, next);
    }

    // Shares are cumulative: the only one that gets anything is the first that reaches 100 from 0.
    private static int OnlyOf(int[] shares)
    {
        int first = Array.FindIndex(shares, static share => share > 0);
        return shares[first] == 100 ? first : -1;
    }
}
