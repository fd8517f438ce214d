namespace GrpcRouter;

/// <summary>The first line of an audit log that breaks the chain.</summary>
/// <param name="File">The file it is in.</param>
/// <param name="Line">Its number there, from 1.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Reason">The same for people.</param>
public sealed record AuditBreak(string File, long Line, AuditBreakKind Kind, string Reason);
