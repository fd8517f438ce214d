namespace GrpcRouter;

/// <summary>An entry that waits to be written, or somebody who waits for those before.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Entry">What happened; null: nothing.</param>
/// <param name="Written">Ends when all before is written.</param>
internal readonly record struct PendingAudit(DateTimeOffset Time, AuditEntry? Entry, TaskCompletionSource? Written);
