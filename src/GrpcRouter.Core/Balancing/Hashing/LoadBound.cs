namespace GrpcRouter;

/// <summary>
/// How many calls an instance may have: a multiple of the mean of all. To sum up their calls for each pick would cost more the more there are, so it is done once for as many picks as
/// there are instances, and each pick in between counts as a call; the mean is too high by one at most for calls that have ended meanwhile.
/// </summary>
internal sealed class LoadBound(double factor)
{
    private int total;
    private int picks = int.MaxValue / 2;

    /// <summary>Calls that an instance may have with the one that is to come.</summary>
    public int Next(HashOwner[] owners)
    {
        int since = Interlocked.Increment(ref picks);
        if (since > owners.Length)
        {
            Count(owners);
            since = 1;
        }

        return (int)Math.Ceiling(factor * (Volatile.Read(ref total) + since) / owners.Length);
    }

    /// <summary>Sums up the calls anew.</summary>
    public void Count(HashOwner[] owners)
    {
        int sum = 0;
        foreach (HashOwner owner in owners)
        {
            sum += owner.Instance.ActiveCalls;
        }

        Volatile.Write(ref total, sum);
        Volatile.Write(ref picks, 1);
    }
}
