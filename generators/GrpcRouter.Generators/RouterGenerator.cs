using System.Text;
using GrpcRouter.Generators.Diagnostics;
using GrpcRouter.Generators.Emit;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace GrpcRouter.Generators;

/// <summary>Emits a router and a bridge for each service in the models that the build task hands over as additional files.</summary>
/// <remarks>Source depends on the specs alone, and a spec has no position in it: moving a method to another line reports its
/// diagnostics anew and emits nothing.</remarks>
[Generator(LanguageNames.CSharp)]
public sealed class RouterGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var options = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => GeneratorOptions.Of(options.GlobalOptions))
            .WithTrackingName(TrackingNames.Options);

        var files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(static pair => IsModel(pair.Left, pair.Right))
            .Select(static (pair, _) => pair.Left)
            .WithTrackingName(TrackingNames.ModelFile)
            .Select(ProtoFile.Read)
            .WithTrackingName(TrackingNames.ProtoFile);

        var runtime = context.MetadataReferencesProvider
            .Select(static (reference, _) => RuntimeReferences.AssemblyName(reference))
            .Where(RuntimeReferences.IsPart)
            .Collect()
            .Select(static (assemblies, _) => RuntimeReferences.Of(assemblies))
            .WithTrackingName(TrackingNames.Runtime);

        var schema = files.Collect()
            .Combine(runtime)
            .Select(static (pair, _) => Linker.Link(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Schema);

        context.RegisterSourceOutput(
            schema.SelectMany(static (schema, _) => schema.Routers).WithTrackingName(TrackingNames.RouterSpec),
            static (output, spec) => output.AddSource(spec.HintName, Text(RouterEmitter.Emit(spec))));

        context.RegisterSourceOutput(
            schema.SelectMany(static (schema, _) => schema.Bridges).WithTrackingName(TrackingNames.BridgeSpec),
            static (output, spec) => output.AddSource(spec.HintName, Text(BridgeEmitter.Emit(spec))));

        context.RegisterSourceOutput(
            schema.SelectMany(static (schema, _) => schema.Problems).WithTrackingName(TrackingNames.Problem).Combine(options),
            static (output, pair) => output.ReportDiagnostic(pair.Left.ToDiagnostic(pair.Right.HelpLinkBase)));
    }

    private static bool IsModel(AdditionalText file, AnalyzerConfigOptionsProvider options) =>
        options.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles.GrpcRouterModel", out var value)
        && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    private static SourceText Text(string source) => SourceText.From(source, Encoding.UTF8, SourceHashAlgorithm.Sha256);
}
