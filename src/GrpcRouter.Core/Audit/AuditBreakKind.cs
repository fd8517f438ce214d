namespace GrpcRouter;

/// <summary>What is wrong with a line of an audit log.</summary>
public enum AuditBreakKind
{
    /// <summary>The line is none of the log, or its own hash is not right: it was changed.</summary>
    Changed,

    /// <summary>Lines before it are missing.</summary>
    Removed,

    /// <summary>It stands in another place than it was written in, or twice.</summary>
    Reordered,

    /// <summary>It was not written behind the line that it stands behind: one of both was put in another's place, hash and all.</summary>
    Replaced,

    /// <summary>Lines are missing at the end: the log does not reach the head that is known of it, or not as it was.</summary>
    Truncated,
}
