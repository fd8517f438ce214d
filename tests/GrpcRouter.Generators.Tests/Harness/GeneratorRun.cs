using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GrpcRouter.Generators.Tests.Harness;

/// <summary>A driver with the generator after its last run.</summary>
internal sealed class GeneratorRun
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    // The SDK suppresses these two in every project.
    private static readonly CSharpCompilationOptions CompilationOptions = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]);

    private GeneratorRun(GeneratorDriver driver, Compilation compilation)
    {
        Compilation = compilation;
        Driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics, TestContext.Current.CancellationToken);
        Output = output;
        Diagnostics = diagnostics;
    }

    public GeneratorDriver Driver { get; }

    /// <summary>What the generator was given.</summary>
    public Compilation Compilation { get; }

    /// <summary>The same with what it emitted.</summary>
    public Compilation Output { get; }

    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    public GeneratorRunResult Result => Assert.Single(Driver.GetRunResult().Results);

    /// <summary>The emitted sources by hint name.</summary>
    public IReadOnlyDictionary<string, string> Sources =>
        Result.GeneratedSources.ToDictionary(source => source.HintName, source => source.SourceText.ToString(), StringComparer.Ordinal);

    public static GeneratorRun Of(params ProtoModel[] models) => Of(NewCompilation(), [.. models.Select(ModelFile.Of)]);

    public static GeneratorRun Of(Compilation compilation, params ModelFile[] files) => new(
        CSharpGeneratorDriver.Create(
            [new RouterGenerator().AsSourceGenerator()],
            files,
            ParseOptions,
            new ModelFileOptions(),
            new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)),
        compilation);

    public static CSharpCompilation NewCompilation(params string[] sources) => CSharpCompilation.Create(
        "Emitted",
        sources.Select(Parse),
        References.All,
        CompilationOptions);

    public static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source, ParseOptions);

    public GeneratorRun Again(Compilation compilation) => new(Driver, compilation);

    public GeneratorRun Replace(AdditionalText old, AdditionalText replacement) => new(Driver.ReplaceAdditionalText(old, replacement), Compilation.Clone());

    public GeneratorRun Remove(AdditionalText file) => new(Driver.RemoveAdditionalTexts([file]), Compilation.Clone());

    /// <summary>Why the steps of a stage gave what they gave, in their order.</summary>
    public IEnumerable<IncrementalStepRunReason> Reasons(string step) =>
        Result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason);

    /// <summary>Why each source was emitted again, or that it was not.</summary>
    public IEnumerable<IncrementalStepRunReason> EmitReasons() =>
        Result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason);

    /// <summary>Fails unless all that was emitted compiles without a warning, those about missing documentation included.</summary>
    public GeneratorRun Compiles()
    {
        Assert.Empty(Diagnostics);
        Assert.Empty(Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        return this;
    }
}
