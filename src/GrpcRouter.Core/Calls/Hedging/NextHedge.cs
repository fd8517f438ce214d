namespace GrpcRouter;

/// <summary>When the next attempt of a hedged call begins.</summary>
internal enum NextHedge
{
    /// <summary>Nothing has said so yet, or the clock is set already.</summary>
    Open,

    /// <summary>At once.</summary>
    Now,

    /// <summary>After a delay, for which the clock is to be set.</summary>
    Later,
}
