using Microsoft.CodeAnalysis;

namespace GrpcRouter.Generators.Diagnostics;

// Diagnostics GRPCR050 and up; the build task has the ones below. One page each under docs/diagnostics.
internal static class Rules
{
    private const string Category = "GrpcRouter";

    public static readonly DiagnosticDescriptor UnreadableModel = new(
        "GRPCR050",
        "A service model cannot be read",
        "No router or bridge is generated from this service model: {0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor OtherModelVersion = new(
        "GRPCR051",
        "A service model has another version",
        "The service model has version {0} and this generator reads version {1}; rebuild the project so that build task and generator come from the same package",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NoServiceBase = new(
        "GRPCR052",
        "A bridge lacks the server base class",
        "A bridge for '{0}' needs the server base class; set GrpcServices to Server or Both, or take Bridge out of GrpcRouter",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NoRuntime = new(
        "GRPCR053",
        "The runtime is not referenced",
        "The {0} of '{1}' needs {2}; reference package {3}, or set GrpcRouter to what this project needs",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NameTaken = new(
        "GRPCR054",
        "The name of a generated type is taken",
        "Type '{0}' cannot be generated for '{1}' because {2} has that name; rename one of them",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor DuplicateService = new(
        "GRPCR055",
        "Two services have one name",
        "Service '{0}' is also declared in '{1}'; a project can route a name once",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);
}
