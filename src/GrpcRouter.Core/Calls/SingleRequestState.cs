namespace GrpcRouter;

/// <summary>What has come of the one request of a call whose client does not stream.</summary>
internal enum SingleRequestState
{
    /// <summary>Nothing wrong with it so far; more is to come.</summary>
    Incomplete,

    /// <summary>One small message and the end of the stream.</summary>
    Whole,

    /// <summary>It is large or compressed, or breaks a rule.</summary>
    Other,
}
