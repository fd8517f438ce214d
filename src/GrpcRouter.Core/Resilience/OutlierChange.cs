namespace GrpcRouter;

/// <summary>An instance was ejected or has come back.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Reason">Why it was ejected; null when it has come back.</param>
internal readonly record struct OutlierChange(ServiceInstance Instance, string? Reason);
