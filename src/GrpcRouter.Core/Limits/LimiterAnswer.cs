namespace GrpcRouter;

/// <summary>What a limiter says to a call.</summary>
internal enum LimiterAnswer
{
    /// <summary>It is counted, and may go on.</summary>
    Granted,

    /// <summary>It is over the limit.</summary>
    Refused,

    /// <summary>This limiter has left its table; its place may have another.</summary>
    Retired,
}
