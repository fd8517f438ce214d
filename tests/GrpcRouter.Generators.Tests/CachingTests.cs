using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;

namespace GrpcRouter.Generators.Tests;

public sealed class CachingTests
{
    private static readonly ProtoModel Alpha = Models.Empty("alpha.proto", "alpha", "Alpha");
    private static readonly ProtoModel Beta = Models.Empty("beta.proto", "beta", "Beta");

    // Where nothing is reported, the steps of reporting do not run.
    private static readonly ProtoModel WithProblem = Models.Orders with { HasServiceBases = false };

    [Fact]
    public void A_second_run_on_a_clone_computes_nothing()
    {
        var first = GeneratorRun.Of(Models.Greet, WithProblem);

        var second = first.Again(first.Compilation.Clone());

        AssertNothingComputed(second);
    }

    [Fact]
    public void An_edit_of_unrelated_code_computes_nothing()
    {
        var before = GeneratorRun.Parse("class Before;");
        var first = GeneratorRun.Of(GeneratorRun.NewCompilation().AddSyntaxTrees(before), ModelFile.Of(Models.Greet), ModelFile.Of(WithProblem));

        var second = first.Again(first.Compilation.ReplaceSyntaxTree(before, GeneratorRun.Parse("class After { int more; }")));

        AssertNothingComputed(second);
    }

    [Fact]
    public void An_edit_of_one_model_emits_that_one_alone()
    {
        ModelFile alpha = ModelFile.Of(Alpha), beta = ModelFile.Of(Beta);
        var first = GeneratorRun.Of(GeneratorRun.NewCompilation(), alpha, beta);

        var second = first.Replace(beta, ModelFile.Of(Beta with { Services = new([Models.Service("Beta", "beta.Beta", 10, Models.EmptyMethod("Other"))]) }));

        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.ProtoFile));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.RouterSpec));
        Assert.Equal([IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.BridgeSpec));
        Assert.Equal(2, second.EmitReasons().Count(reason => reason == IncrementalStepRunReason.Cached));
        Assert.Equal(2, second.EmitReasons().Count(reason => reason == IncrementalStepRunReason.Modified));
    }

    [Fact]
    public void A_shift_of_lines_emits_nothing()
    {
        var file = ModelFile.Of(Alpha);
        var first = GeneratorRun.Of(GeneratorRun.NewCompilation(), file);

        var second = first.Replace(file, ModelFile.Of(Shifted(Alpha)));

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.ProtoFile));
        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.Schema));
        Assert.All(second.EmitReasons(), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_shift_of_lines_reports_a_diagnostic_at_its_new_line()
    {
        var model = Alpha with { HasServiceBases = false };
        var file = ModelFile.Of(model);
        var first = GeneratorRun.Of(GeneratorRun.NewCompilation(), file);

        var second = first.Replace(file, ModelFile.Of(Shifted(model)));

        Assert.Equal(9, Assert.Single(first.Diagnostics).Location.GetLineSpan().StartLinePosition.Line);
        Assert.Equal(12, Assert.Single(second.Diagnostics).Location.GetLineSpan().StartLinePosition.Line);
        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.RouterSpec));
    }

    [Fact]
    public void A_policy_concerns_the_router_alone()
    {
        var file = ModelFile.Of(Models.Greet);
        var first = GeneratorRun.Of(GeneratorRun.NewCompilation(), file);

        var second = first.Replace(file, ModelFile.Of(Models.Policies));

        Assert.Equal([IncrementalStepRunReason.Modified], second.Reasons(TrackingNames.RouterSpec));
        Assert.Equal([IncrementalStepRunReason.Unchanged], second.Reasons(TrackingNames.BridgeSpec));
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], second.EmitReasons().Order());
    }

    [Fact]
    public void A_model_that_goes_away_takes_its_sources_along()
    {
        ModelFile alpha = ModelFile.Of(Alpha), beta = ModelFile.Of(Beta);
        var first = GeneratorRun.Of(GeneratorRun.NewCompilation(), alpha, beta);

        var second = first.Remove(alpha);

        Assert.Equal(4, first.Sources.Count);
        Assert.Equal(["beta.proto-beta.BetaBridge.g.cs", "beta.proto-beta.BetaRouter.g.cs"], second.Sources.Keys.Order(StringComparer.Ordinal));
    }

    private static ProtoModel Shifted(ProtoModel model) => model with
    {
        Services = model.Services.Select(service => service with { Span = new(13, 9, 13, 14) }).ToEquatableArray(),
    };

    private static void AssertNothingComputed(GeneratorRun run)
    {
        foreach (var step in Steps.Names)
        {
            Assert.NotEmpty(run.Reasons(step));
            Assert.All(run.Reasons(step), reason => Assert.True(reason == IncrementalStepRunReason.Cached, $"{step}: {reason}"));
        }

        Assert.NotEmpty(run.EmitReasons());
        Assert.All(run.EmitReasons(), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }
}
