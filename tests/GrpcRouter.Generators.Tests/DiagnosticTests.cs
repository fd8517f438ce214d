using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;

namespace GrpcRouter.Generators.Tests;

public sealed class DiagnosticTests
{
    [Fact]
    public void An_unreadable_model_is_reported_at_its_file_and_the_others_are_emitted()
    {
        var run = GeneratorRun.Of(
            GeneratorRun.NewCompilation(),
            new ModelFile("/obj/broken.txt", "grpcrouter-model 2\nproto\t/greet.proto\nnonsense\n"),
            ModelFile.Of(Models.Greet));

        var diagnostic = AssertOne(run, "GRPCR050", "/obj/broken.txt", 1, 1);
        Assert.Contains("Line 3 of the model", Message(diagnostic), StringComparison.Ordinal);
        Assert.Equal(2, run.Sources.Count);
    }

    [Fact]
    public void A_model_that_cannot_be_opened_is_reported_at_its_file() =>
        AssertOne(GeneratorRun.Of(GeneratorRun.NewCompilation(), new ModelFile("/obj/gone.txt", null)), "GRPCR050", "/obj/gone.txt", 1, 1);

    [Theory]
    [InlineData("grpcrouter-model 3\nwhatever")]
    [InlineData("grpcrouter-model 3\r\nwhatever")]
    [InlineData("grpcrouter-model 3")]
    public void A_model_of_another_version_is_reported_with_both_versions(string text)
    {
        var run = GeneratorRun.Of(GeneratorRun.NewCompilation(), new ModelFile("/obj/newer.txt", text));

        var diagnostic = AssertOne(run, "GRPCR051", "/obj/newer.txt", 1, 1);
        Assert.Contains("version 3 and this generator reads version 2", Message(diagnostic), StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_that_the_build_task_writes_is_the_one_that_is_read() =>
        Assert.Empty(GeneratorRun.Of(Models.Greet).Diagnostics);

    [Theory]
    [InlineData(null)]
    [InlineData("false")]
    [InlineData("")]
    public void Additional_files_without_the_metadata_are_left_alone(string? metadata)
    {
        var run = GeneratorRun.Of(GeneratorRun.NewCompilation(), new ModelFile("/notes.txt", "notes", metadata));

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Sources);
    }

    [Fact]
    public void A_bridge_without_service_bases_is_reported_at_the_service_and_the_router_is_emitted()
    {
        var run = GeneratorRun.Of(Models.Greet with { HasServiceBases = false });

        AssertOne(run, "GRPCR052", "/protos/greet.proto", 10, 9);
        Assert.Equal(["greet.proto-greet.GreeterRouter.g.cs"], run.Sources.Keys);
    }

    [Fact]
    public void A_router_without_service_bases_is_fine() =>
        Assert.Single(GeneratorRun.Of(Models.Greet with { HasServiceBases = false, Bridge = false }).Compiles().Sources);

    [Theory]
    [InlineData("GrpcRouter.Core", "GrpcRouter.AspNetCore", "Bridge")]
    [InlineData("GrpcRouter.Bridge", "GrpcRouter.Bridge", "Router")]
    public void A_runtime_that_is_not_referenced_is_reported_once_and_the_other_half_is_emitted(string assembly, string package, string emitted)
    {
        var compilation = GeneratorRun.NewCompilation();
        compilation = compilation.WithReferences(compilation.References.Where(reference => Path.GetFileNameWithoutExtension(reference.Display) != assembly));

        var run = GeneratorRun.Of(compilation, ModelFile.Of(Models.Orders));

        var diagnostic = AssertOne(run, "GRPCR053", "/protos/shop/orders.proto", 10, 9);
        Assert.Contains($"needs {assembly}; reference package {package},", Message(diagnostic), StringComparison.Ordinal);
        Assert.Equal(2, run.Sources.Count);
        Assert.All(run.Sources.Keys, name => Assert.EndsWith(emitted + ".g.cs", name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_runtime_that_is_a_project_in_the_same_solution_counts_as_referenced()
    {
        var compilation = GeneratorRun.NewCompilation();
        var core = GeneratorRun.NewCompilation().WithAssemblyName("GrpcRouter.Core");
        compilation = compilation.WithReferences(
            compilation.References.Where(reference => !reference.Display!.EndsWith("GrpcRouter.Core.dll", StringComparison.Ordinal)).Append(core.ToMetadataReference()));

        Assert.Empty(GeneratorRun.Of(compilation, ModelFile.Of(Models.Greet)).Diagnostics);
    }

    [Fact]
    public void A_router_named_like_another_service_is_reported_at_its_service()
    {
        var run = GeneratorRun.Of(Models.Empty("api.proto", "api", "Api", "ApiRouter"));

        var diagnostic = AssertOne(run, "GRPCR054", "/protos/api.proto", 10, 9);
        Assert.Contains("'api.ApiRouter' cannot be generated for 'api.Api' because the class of service 'api.ApiRouter'", Message(diagnostic), StringComparison.Ordinal);
        Assert.Equal(
            ["api.proto-api.ApiBridge.g.cs", "api.proto-api.ApiRouterBridge.g.cs", "api.proto-api.ApiRouterRouter.g.cs"],
            run.Sources.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_bridge_named_like_a_message_is_reported_at_its_service()
    {
        var model = Models.Empty("api.proto", "api", "Api");
        var method = Models.EmptyMethod("Do") with { ResponseType = "global::api.ApiBridge" };

        var run = GeneratorRun.Of(model with { Services = new([model.Services[0] with { Methods = new([method]) }]) });

        Assert.Contains("the message of method 'api.Api.Do'", Message(AssertOne(run, "GRPCR054", "/protos/api.proto", 10, 9)), StringComparison.Ordinal);
        Assert.Equal(["api.proto-api.ApiRouter.g.cs"], run.Sources.Keys);
    }

    [Fact]
    public void Two_packages_that_share_a_namespace_are_reported_at_both_services()
    {
        var run = GeneratorRun.Of(
            Models.Empty("a.proto", "a", "Api") with { CSharpNamespace = "Shared", HasServiceBases = false, Bridge = false },
            Models.Empty("b.proto", "b", "Api") with { CSharpNamespace = "Shared", HasServiceBases = false, Bridge = false });

        Assert.Equal(["GRPCR054 /protos/a.proto", "GRPCR054 /protos/b.proto"], run.Diagnostics.Select(diagnostic => $"{diagnostic.Id} {diagnostic.Location.GetLineSpan().Path}"));
        Assert.Empty(run.Sources);
    }

    [Fact]
    public void A_service_that_two_protos_declare_is_reported_at_both()
    {
        var run = GeneratorRun.Of(Models.Empty("one.proto", "api", "Api") with { CSharpNamespace = "One" }, Models.Empty("two.proto", "api", "Api", "Other"));

        Assert.Equal(["GRPCR055 /protos/one.proto", "GRPCR055 /protos/two.proto"], run.Diagnostics.Select(diagnostic => $"{diagnostic.Id} {diagnostic.Location.GetLineSpan().Path}"));
        Assert.Contains("'/protos/two.proto'", Message(run.Diagnostics[0]), StringComparison.Ordinal);
        Assert.Equal(["two.proto-api.OtherBridge.g.cs", "two.proto-api.OtherRouter.g.cs"], run.Sources.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_position_that_is_not_known_is_the_start_of_the_file()
    {
        var model = Models.Empty("api.proto", "api", "Api") with { HasServiceBases = false };

        AssertOne(GeneratorRun.Of(model with { Services = new([model.Services[0] with { Span = default }]) }), "GRPCR052", "/protos/api.proto", 1, 1);
    }

    [Theory]
    [InlineData(ReportDiagnostic.Suppress, null)]
    [InlineData(ReportDiagnostic.Warn, DiagnosticSeverity.Warning)]
    public void A_project_can_suppress_and_soften_a_diagnostic(ReportDiagnostic option, DiagnosticSeverity? expected)
    {
        var compilation = GeneratorRun.NewCompilation();
        compilation = compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions([new("GRPCR052", option)]));

        var run = GeneratorRun.Of(compilation, ModelFile.Of(Models.Greet with { HasServiceBases = false }));

        Assert.Equal(expected, run.Diagnostics.SingleOrDefault()?.Severity);
    }

    private static Diagnostic AssertOne(GeneratorRun run, string id, string path, int line, int column)
    {
        var diagnostic = Assert.Single(run.Diagnostics);
        var span = diagnostic.Location.GetLineSpan();
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(path, span.Path);
        Assert.Equal((line, column), (span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1));
        Assert.Equal($"{ModelFileOptions.HelpLinkBase}{id}.md", diagnostic.Descriptor.HelpLinkUri);
        return diagnostic;
    }

    private static string Message(Diagnostic diagnostic) => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
}
