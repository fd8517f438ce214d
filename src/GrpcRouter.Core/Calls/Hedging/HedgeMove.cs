namespace GrpcRouter;

/// <summary>What a hedged call does next.</summary>
internal enum HedgeMove
{
    /// <summary>It waits for its attempts, its client or its time.</summary>
    Wait,

    /// <summary>It begins an attempt.</summary>
    Begin,

    /// <summary>It sets the clock for the next attempt.</summary>
    SetClock,

    /// <summary>It stops the clock.</summary>
    StopClock,

    /// <summary>It tells an attempt to end.</summary>
    Tell,

    /// <summary>It lets go of the request.</summary>
    DropRequest,

    /// <summary>It is over.</summary>
    Finish,
}
