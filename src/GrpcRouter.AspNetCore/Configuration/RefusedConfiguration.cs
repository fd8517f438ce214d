namespace GrpcRouter;

/// <summary>A configuration that was not taken.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Errors">A sentence for all that is wrong, with its path, such as <c>GrpcRouter:CallWindow must be 16,384 or more; it is 1.</c></param>
public sealed record RefusedConfiguration(DateTimeOffset At, IReadOnlyList<string> Errors);
