namespace GrpcRouter.Chaos;

/// <summary>What a client means to do in one call.</summary>
/// <param name="Kind">The method.</param>
/// <param name="Items">Messages in each direction that has a stream.</param>
/// <param name="Size">Bytes of data in each message.</param>
/// <param name="DelayMs">Time the handler takes, for each item where it sends a stream.</param>
/// <param name="GapMs">Time between two requests of a stream.</param>
/// <param name="End">How it ends.</param>
/// <param name="LimitMs">After which time the client cancels, or its deadline is.</param>
internal sealed record CallPlan(CallKind Kind, int Items, int Size, int DelayMs, int GapMs, CallEnd End, int LimitMs)
{
    public static CallPlan Next(Random random)
    {
        CallKind kind = random.Next(100) switch
        {
            < 35 => CallKind.Add,
            < 60 => CallKind.Put,
            < 75 => CallKind.Watch,
            < 85 => CallKind.Store,
            _ => CallKind.Talk,
        };
        bool unary = kind is CallKind.Add or CallKind.Put;

        // A few are larger than a fragment, and streams of them than the first window; none is more than a router keeps for a retry.
        int size = random.Next(20) == 0 ? random.Next(20_000, unary ? 200_000 : 60_000) : random.Next(1_000);
        CallEnd end = random.Next(10) switch
        {
            8 => CallEnd.Cancel,
            9 => CallEnd.Deadline,
            _ => CallEnd.Complete,
        };
        return new CallPlan(
            kind,
            Items: unary ? 1 : random.Next(12),
            size,
            DelayMs: random.Next(2) == 0 ? 0 : random.Next(unary ? 60 : 10),
            GapMs: random.Next(2) == 0 ? 0 : random.Next(10),
            end,
            LimitMs: random.Next(1, 80));
    }
}
