namespace GrpcRouter.Chaos;

/// <summary>Which calls must succeed whatever a scenario does, unless their client gives them up.</summary>
[Flags]
internal enum Promise
{
    /// <summary>None: each may end UNAVAILABLE, once.</summary>
    None = 0,

    /// <summary>Unary calls that are not to be run twice.</summary>
    Once = 1,

    /// <summary>Unary calls that may be tried again.</summary>
    Idempotent = 2,

    /// <summary>Streams.</summary>
    Streams = 4,

    /// <summary>All unary calls.</summary>
    Unary = Once | Idempotent,

    /// <summary>All.</summary>
    All = Unary | Streams,
}
