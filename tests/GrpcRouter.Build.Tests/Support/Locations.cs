using System.Reflection;

namespace GrpcRouter.Build.Tests;

/// <summary>Places that the project file knows.</summary>
internal static class Locations
{
    public static string RepositoryRoot { get; } = Value("RepositoryRoot");

    public static string RouterImports { get; } = Path.Combine(RepositoryRoot, "protos");

    public static string Protoc { get; } = Value("Protoc");

    public static string StandardImports { get; } = Value("StandardImports");

    public static string TaskAssembly { get; } = Value("TaskAssembly");

    public static string Protos { get; } = Path.Combine(AppContext.BaseDirectory, "Protos");

    public static string PackageVersion(string package) => Value(package);

    private static string Value(string key) => typeof(Locations).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
