namespace GrpcRouter;

/// <summary>A service that the host's bridge serves.</summary>
internal sealed record HostedService(BoundService Service);
