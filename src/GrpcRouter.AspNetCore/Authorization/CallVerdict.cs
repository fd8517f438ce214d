namespace GrpcRouter;

/// <summary>What the door says to a call.</summary>
internal enum CallVerdict
{
    /// <summary>It may begin.</summary>
    Admitted,

    /// <summary>It has been ended.</summary>
    Refused,

    /// <summary>A policy of ASP.NET Core has to be asked.</summary>
    Open,
}
