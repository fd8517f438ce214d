namespace GrpcRouter;

/// <summary>What a line says that the chain needs.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Event">What happened.</param>
/// <param name="Previous">The hash of the line before, as it says.</param>
/// <param name="IsWhole">Its own hash is right.</param>
/// <param name="Hash">The hash of the line, which the next one has to say.</param>
internal sealed record AuditLineFields(long Sequence, string Event, string Previous, bool IsWhole, string Hash);
