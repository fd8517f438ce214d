namespace GrpcRouter;

/// <summary>Marks endpoints of the router, whose clients speak gRPC.</summary>
internal sealed class RouterEndpoint
{
    public static RouterEndpoint Marker { get; } = new();
}
