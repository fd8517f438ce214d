namespace GrpcRouter;

/// <summary>How a service does, by the numbers of <c>grpc.health.v1.HealthCheckResponse.ServingStatus</c>.</summary>
internal enum ServiceHealth
{
    Serving = 1,
    NotServing = 2,
    Unknown = 3,
}
