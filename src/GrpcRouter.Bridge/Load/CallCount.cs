namespace GrpcRouter;

/// <summary>Calls that have ended, and those among them that failed.</summary>
internal readonly record struct CallCount(long Ended, long Failed)
{
    public static CallCount operator +(CallCount left, CallCount right) => new(left.Ended + right.Ended, left.Failed + right.Failed);
}
