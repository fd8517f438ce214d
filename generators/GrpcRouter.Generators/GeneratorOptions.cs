using Microsoft.CodeAnalysis.Diagnostics;

namespace GrpcRouter.Generators;

// What the project's properties say to the generator.
internal sealed record GeneratorOptions(string? HelpLinkBase)
{
    public static GeneratorOptions Of(AnalyzerConfigOptions properties) =>
        new(properties.TryGetValue("build_property.GrpcRouterHelpLinkBase", out var value) && value.Length > 0 ? value : null);
}
