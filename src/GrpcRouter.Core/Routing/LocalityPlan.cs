namespace GrpcRouter;

/// <summary>Which instances are near, and what share of the calls stays there.</summary>
internal sealed class LocalityPlan(string? region, string? zone, double overprovisioning)
{
    /// <summary>All instances are alike.</summary>
    public static LocalityPlan None { get; } = new(null, null, 1.4);

    /// <summary>0 for the router's own zone, 1 for its region, 2 for elsewhere. Without a region all are 0.</summary>
    public int RankOf(InstanceChannel channel) =>
        region is null ? 0
        : channel.Labels.GetValueOrDefault(InstanceLabels.Region) != region ? 2
        : zone is null || channel.Labels.GetValueOrDefault(InstanceLabels.Zone) == zone ? 0
        : 1;

    /// <summary>
    /// Shares out the calls, as cumulative percentages: a locality whose instances are well for the most part keeps all that reaches it; one with too few
    /// passes the rest on, and if all have too few each gets its part of what there is.
    /// </summary>
    /// <param name="well">Channels of instances that are well, by rank; one at least is not 0.</param>
    /// <param name="total">All channels, by rank.</param>
    public int[] Shares(ReadOnlySpan<int> well, ReadOnlySpan<int> total)
    {
        Span<double> able = stackalloc double[well.Length];
        double sum = 0;
        for (int i = 0; i < well.Length; i++)
        {
            able[i] = total[i] == 0 ? 0 : Math.Min(1, overprovisioning * well[i] / total[i]);
            sum += able[i];
        }

        double scale = Math.Min(1, sum);
        double taken = 0;
        int[] shares = new int[well.Length];
        int last = 0;
        for (int i = 0; i < well.Length; i++)
        {
            taken = Math.Min(1, taken + (able[i] / scale));
            shares[i] = (int)Math.Round(taken * 100);
            last = able[i] > 0 ? i : last;
        }

        // What is lost to rounding goes to the farthest that has instances.
        shares.AsSpan(last).Fill(100);
        return shares;
    }
}
