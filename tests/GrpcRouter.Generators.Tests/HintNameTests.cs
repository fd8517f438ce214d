using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Tests;

public sealed class HintNameTests
{
    [Fact]
    public void Protos_of_one_name_in_two_folders_have_files_of_their_own()
    {
        var run = GeneratorRun.Of(Models.Empty("a/api.proto", "a", "Api"), Models.Empty("b/api.proto", "b", "Api"));

        Assert.Empty(run.Diagnostics);
        Assert.Equal(
            ["a+api.proto-a.ApiBridge.g.cs", "a+api.proto-a.ApiRouter.g.cs", "b+api.proto-b.ApiBridge.g.cs", "b+api.proto-b.ApiRouter.g.cs"],
            run.Sources.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Protos_of_one_import_name_in_two_roots_have_files_of_their_own()
    {
        var run = GeneratorRun.Of(
            Models.Empty("api.proto", "a", "Api") with { ProtoPath = "/one/api.proto" },
            Models.Empty("api.proto", "b", "Api") with { ProtoPath = "/two/api.proto" });

        Assert.Empty(run.Diagnostics);
        Assert.Equal(4, run.Sources.Count);
    }

    [Fact]
    public void Services_that_differ_by_case_only_have_files_of_their_own_and_compile()
    {
        var compilation = GeneratorRun.NewCompilation("""
            #pragma warning disable CS1591, CS8981
            using System.Threading.Tasks;
            using Google.Protobuf.WellKnownTypes;
            namespace shop
            {
                public static class Cart
                {
                    public abstract class CartBase { public virtual Task<Empty> Do(Empty request, Grpc.Core.ServerCallContext context) => Task.FromResult(request); }
                }
                public static class cart
                {
                    public abstract class cartBase { public virtual Task<Empty> Do(Empty request, Grpc.Core.ServerCallContext context) => Task.FromResult(request); }
                }
            }
            """);

        var run = GeneratorRun.Of(compilation, ModelFile.Of(Models.Empty("cart.proto", "shop", "Cart", "cart"))).Compiles();

        Assert.Equal(4, run.Sources.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(run.Sources.Keys, name => Assert.Matches("^cart\\.proto-shop\\.[Cc]art(Router|Bridge)-[0-9a-f]{8}\\.g\\.cs$", name));
    }

    [Fact]
    public void A_service_keeps_its_file_name_when_another_service_appears()
    {
        var one = GeneratorRun.Of(Models.Empty("api.proto", "a", "Api"));
        var two = GeneratorRun.Of(Models.Empty("api.proto", "a", "Api", "ApiV2"));

        Assert.Subset(two.Sources.Keys.ToHashSet(StringComparer.Ordinal), one.Sources.Keys.ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a b/c.proto", "a b+c.proto-p.SRouter.g.cs")]
    [InlineData("a+b/c(1).proto", "a(2b)b+c(28)1(29).proto-p.SRouter.g.cs")]
    [InlineData("größe@1.proto", "gr(f6)(df)e(40)1.proto-p.SRouter.g.cs")]
    public void Letters_that_a_file_name_may_not_have_are_written_as_numbers(string import, string expected) =>
        Assert.Contains(expected, GeneratorRun.Of(Models.Empty(import, "p", "S") with { CSharpNamespace = "P" }).Sources.Keys);

    [Fact]
    public void Services_of_one_name_in_two_packages_are_added_by_the_same_call()
    {
        var compilation = GeneratorRun.NewCompilation("""
            #pragma warning disable CS1591
            using Google.Protobuf.WellKnownTypes;
            using Microsoft.Extensions.DependencyInjection;
            using Task = System.Threading.Tasks.Task<Google.Protobuf.WellKnownTypes.Empty>;
            namespace a_.b { public static class Api { public abstract class ApiBase { public virtual Task Do(Empty request, Grpc.Core.ServerCallContext context) => null; } } }
            namespace a._b { public static class Api { public abstract class ApiBase { public virtual Task Do(Empty request, Grpc.Core.ServerCallContext context) => null; } } }
            public sealed class One : a_.b.Api.ApiBase;
            public sealed class Two : a._b.Api.ApiBase;
            public static class Use
            {
                public static void Both(GrpcRouter.IGrpcRouterBridgeBuilder builder) => builder.AddApi<One>().AddApi<Two>();
            }
            """);

        GeneratorRun.Of(compilation, ModelFile.Of(Models.Empty("one.proto", "a_.b", "Api")), ModelFile.Of(Models.Empty("two.proto", "a._b", "Api"))).Compiles();
    }
}
