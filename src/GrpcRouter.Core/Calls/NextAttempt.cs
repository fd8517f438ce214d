namespace GrpcRouter;

/// <summary>When a call is tried again.</summary>
internal enum NextAttempt
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>At once: the last attempt never left the router.</summary>
    Now,

    /// <summary>After a wait.</summary>
    Later,

    /// <summary>When an instance comes.</summary>
    WithInstance,
}
