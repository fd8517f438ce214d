namespace GrpcRouter;

/// <summary>
/// What a pick chooses from: lists of channels with the share of the calls that each gets. Computed when an instance comes, goes or changes, so that a pick looks
/// at neither health nor locality.
/// </summary>
/// <param name="Lists">Lists by locality, nearest first; behind them all instances, which only a panic picks from.</param>
/// <param name="Shares">Up to which percentage each list is chosen; the last that is chosen at all has 100.</param>
/// <param name="Only">The list that gets everything; -1 when there are several.</param>
internal sealed record PickSet(InstanceSnapshot[] Lists, int[] Shares, int Only)
{
    public static PickSet Empty { get; } = new([InstanceSnapshot.Empty, InstanceSnapshot.Empty, InstanceSnapshot.Empty, InstanceSnapshot.Empty], [0, 0, 0, 0], Subset.Panic);

    /// <summary>Channels that can be picked at all.</summary>
    public int Count => Lists[Subset.Panic].Count;

    /// <summary>Channels of instances that are well.</summary>
    public int WellCount => Lists[0].Count + Lists[1].Count + Lists[2].Count;

    /// <summary>Chooses a list.</summary>
    /// <param name="percentage">Drawn from 0 to 99.</param>
    public int Choose(int percentage)
    {
        int index = 0;
        while (percentage >= Shares[index])
        {
            index++;
        }

        return index;
    }
}
