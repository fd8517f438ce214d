using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace GrpcRouter.Generators.Tests.Harness;

/// <summary>Gives each <see cref="ModelFile"/> its item metadata, and the project its properties, as the editor configuration of a build does.</summary>
internal sealed class ModelFileOptions : AnalyzerConfigOptionsProvider
{
    public const string HelpLinkBase = "/package/docs/diagnostics/";

    public override AnalyzerConfigOptions GlobalOptions { get; } = new Options("build_property.GrpcRouterHelpLinkBase", HelpLinkBase);

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
        new Options("build_metadata.AdditionalFiles.GrpcRouterModel", (textFile as ModelFile)?.Metadata);

    private sealed class Options(string name, string? content) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
        {
            value = key == name ? content : null;
            return value is not null;
        }
    }
}
