using Microsoft.CodeAnalysis;

namespace GrpcRouter.Generators.Tests.Harness;

/// <summary>What emitted code is compiled against: everything that this assembly was, and this assembly.</summary>
internal static class References
{
    public static IReadOnlyList<MetadataReference> All { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];
}
