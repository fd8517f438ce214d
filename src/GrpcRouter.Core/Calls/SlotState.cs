namespace GrpcRouter;

/// <summary>What is known of a call id on a channel.</summary>
internal enum SlotState
{
    /// <summary>Never issued on this channel.</summary>
    Unknown,

    /// <summary>The call is under way.</summary>
    Live,

    /// <summary>The router withdrew the call; the instance has not ended it yet.</summary>
    Withdrawn,

    /// <summary>Both sides are done with it.</summary>
    Over,
}
