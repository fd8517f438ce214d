namespace GrpcRouter.Chaos;

/// <summary>The methods under load.</summary>
internal enum CallKind
{
    /// <summary>Unary, and not to be run twice.</summary>
    Add,

    /// <summary>Unary, and idempotent.</summary>
    Put,

    /// <summary>A stream of responses.</summary>
    Watch,

    /// <summary>A stream of requests.</summary>
    Store,

    /// <summary>Both.</summary>
    Talk,
}
