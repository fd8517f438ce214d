using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace GrpcRouter.Generators;

// Which runtime assemblies the project references. Read off the references' names: the compilation changes with every
// keystroke, the references do not.
internal readonly record struct RuntimeReferences(bool Router, bool Bridge)
{
    public const string RouterAssembly = "GrpcRouter.Core";
    public const string BridgeAssembly = "GrpcRouter.Bridge";

    public static string? AssemblyName(MetadataReference reference) => reference switch
    {
        CompilationReference project => project.Compilation.AssemblyName,
        PortableExecutableReference file => Path.GetFileNameWithoutExtension(file.FilePath),
        _ => null,
    };

    public static bool IsPart(string? assembly) => assembly is RouterAssembly or BridgeAssembly;

    public static RuntimeReferences Of(ImmutableArray<string?> assemblies) =>
        new(assemblies.Contains(RouterAssembly), assemblies.Contains(BridgeAssembly));
}
