using System.Runtime.CompilerServices;
using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GrpcRouter.Generators.Tests;

public sealed class RetentionTests
{
    [Fact]
    public void No_step_puts_out_anything_of_a_compilation()
    {
        var run = GeneratorRun.Of(
            GeneratorRun.NewCompilation("class Unrelated;"),
            ModelFile.Of(Models.Greet),
            ModelFile.Of(Models.Orders with { HasServiceBases = false }),
            new ModelFile("/obj/broken.txt", "broken"));

        foreach (var step in Steps.Names)
        {
            var outputs = run.Result.TrackedSteps[step].SelectMany(tracked => tracked.Outputs).Select(output => output.Value).ToArray();
            Assert.NotEmpty(outputs);
            Assert.DoesNotContain(outputs.SelectMany(ObjectGraph.Reachable), IsOfCompilation);
        }
    }

    [Fact]
    public void The_walk_through_outputs_finds_a_symbol_and_a_syntax_node()
    {
        var compilation = GeneratorRun.NewCompilation("class Planted;");
        object symbol = Tuple.Create("beside", new List<object> { compilation.GetTypeByMetadataName("Planted")! });
        object node = (Key: 1, Value: new EquatableArray<object>([GeneratorRun.Parse("class Planted;").GetRoot(TestContext.Current.CancellationToken)]));

        Assert.Contains(ObjectGraph.Reachable(symbol), reached => reached is ISymbol);
        Assert.Contains(ObjectGraph.Reachable(node), reached => reached is SyntaxNode);
    }

    [Fact]
    public void A_compilation_of_an_earlier_run_is_collected()
    {
        var (run, earlier) = RunTwice();

        for (var attempt = 0; attempt < 10 && earlier.IsAlive; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(earlier.IsAlive);
        Assert.NotEmpty(run.Sources);
    }

    private static bool IsOfCompilation(object value) =>
        value is ISymbol or Compilation or SyntaxNode or SyntaxTree or SemanticModel or MetadataReference or Diagnostic or Location { SourceTree: not null };

    // Apart, so that no local of the test holds the first compilation.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GeneratorRun Run, WeakReference Earlier) RunTwice()
    {
        var first = GeneratorRun.Of(GeneratorRun.NewCompilation("class Earlier;"), ModelFile.Of(Models.Greet));
        var later = CSharpCompilation.Create("Later", [GeneratorRun.Parse("class Later;")], References.All);
        return (first.Again(later), new WeakReference(first.Compilation));
    }
}
