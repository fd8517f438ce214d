using System.Globalization;
using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Tests;

public sealed class DeterminismTests
{
    private static readonly ProtoModel[] All = [Models.Greet, Models.Bare, Models.Orders, Models.Hidden, Models.Policies with { ProtoPath = "/protos/policies.proto", ImportName = "policies.proto", CSharpNamespace = "Greet.Policies", Services = new([Models.Policies.Services[0] with { FullName = "policies.Greeter" }]), Bridge = false, HasServiceBases = false }, Models.Empty("i.proto", "i", "Inventory")];

    public static TheoryData<string> Cultures { get; } = ["tr-TR", "sv-SE", "ar-SA", ""];

    [Fact]
    public void The_order_of_the_files_shows_nowhere()
    {
        var models = All.Append(Models.Greet with { ProtoPath = "/elsewhere/greet.proto", ImportName = "elsewhere.proto" }).ToArray();

        var forward = GeneratorRun.Of(models);
        var backward = GeneratorRun.Of([.. models.Reverse()]);

        Assert.Equal(forward.Result.GeneratedSources.Select(source => source.HintName), backward.Result.GeneratedSources.Select(source => source.HintName));
        Assert.Equal(forward.Sources, backward.Sources);
        Assert.Equal(2, forward.Diagnostics.Count);
        Assert.Equal(forward.Diagnostics.Select(diagnostic => diagnostic.ToString()), backward.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    [Fact]
    public void Services_are_emitted_by_full_name()
    {
        var run = GeneratorRun.Of(Models.Empty("one.proto", "b", "Two", "One"), Models.Empty("two.proto", "a", "Three"));

        Assert.Equal(
            ["two.proto-a.ThreeRouter.g.cs", "one.proto-b.OneRouter.g.cs", "one.proto-b.TwoRouter.g.cs"],
            run.Result.GeneratedSources.Select(source => source.HintName).Where(name => name.EndsWith("Router.g.cs", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public void The_culture_shows_nowhere(string name)
    {
        var expected = GeneratorRun.Of(All).Sources;
        var (culture, previous) = (Odd(name), CultureInfo.CurrentCulture);
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.Equal(expected, GeneratorRun.Of(All).Sources);
        }
        finally
        {
            CultureInfo.CurrentCulture = previous;
        }
    }

    [Fact]
    public void Lines_end_with_LF_and_carry_no_trailing_spaces()
    {
        foreach (var source in GeneratorRun.Of(All).Sources.Values)
        {
            Assert.DoesNotContain('\r', source);
            Assert.EndsWith("}\n", source, StringComparison.Ordinal);
            Assert.DoesNotContain(source.Split('\n'), line => line.EndsWith(' '));
        }
    }

    [Fact]
    public void The_full_path_of_a_proto_does_not_show()
    {
        var run = GeneratorRun.Of(Models.Greet with { ProtoPath = "/home/somebody/greet.proto" });

        Assert.DoesNotContain(run.Sources, source => source.Key.Contains("somebody", StringComparison.Ordinal) || source.Value.Contains("somebody", StringComparison.Ordinal));
    }

    // Whatever the data on the machine say about the culture, its minus is U+2212.
    private static CultureInfo Odd(string name)
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.NumberGroupSeparator = "\u00A0";
        return culture;
    }
}
