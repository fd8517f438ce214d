namespace GrpcRouter;

/// <summary>
/// Where an audit log stands. Kept elsewhere, it proves that nothing was cut off its end since, which the log itself cannot.
/// </summary>
/// <param name="Sequence">The number of the last entry; 0 when there is none.</param>
/// <param name="Hash">The SHA-256 of its line, in hexadecimal.</param>
public sealed record AuditHead(long Sequence, string Hash);
