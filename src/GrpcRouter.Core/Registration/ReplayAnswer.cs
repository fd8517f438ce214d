namespace GrpcRouter;

/// <summary>Whether a token may be used.</summary>
internal enum ReplayAnswer
{
    /// <summary>It is used for the first time.</summary>
    First,

    /// <summary>It was used before.</summary>
    Replayed,

    /// <summary>Nothing more can be remembered.</summary>
    Full,
}
