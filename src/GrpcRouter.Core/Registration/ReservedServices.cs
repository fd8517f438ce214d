namespace GrpcRouter;

/// <summary>Services that a router answers itself, and that no instance may have.</summary>
internal static class ReservedServices
{
    private static readonly string[] Packages = ["grpc.health.", "grpc.reflection.", "grpcrouter."];

    public static bool Contains(string fullName) => Array.Exists(Packages, package => fullName.StartsWith(package, StringComparison.OrdinalIgnoreCase));
}
