using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;
using GrpcRouter.Tests;

namespace GrpcRouter.Generators.Tests;

public sealed class GoldenTests
{
    private static readonly string Version = typeof(RouterGenerator).Assembly.GetName().Version!.ToString();

    [Fact]
    public void All_four_kinds_of_methods() => Check("FourKinds", GeneratorRun.Of(Models.Greet));

    [Fact]
    public void A_service_without_a_package() => Check("NoPackage", GeneratorRun.Of(Models.Bare));

    [Fact]
    public void Two_services_with_nested_and_imported_types() => Check("TwoServices", GeneratorRun.Of(Models.Orders));

    [Fact]
    public void Internal_access() => Check("Internal", GeneratorRun.Of(Models.Hidden));

    [Fact]
    public void A_router_alone() => Check("RouterOnly", GeneratorRun.Of(Models.Greet with { Bridge = false }));

    [Fact]
    public void A_bridge_alone() => Check("BridgeOnly", GeneratorRun.Of(Models.Greet with { Router = false }));

    [Fact]
    public void Policies_of_a_service_and_its_methods() => Check("Policies", GeneratorRun.Of(Models.Policies with { Bridge = false }));

    [Fact]
    public void Keywords_as_names()
    {
        var model = Models.Empty("keywords.proto", "acme.event", "lock");
        var compilation = GeneratorRun.NewCompilation("""
            #pragma warning disable CS1591, CS8981
            namespace acme.@event
            {
                public static class @lock
                {
                    public abstract class lockBase
                    {
                        public virtual System.Threading.Tasks.Task<Google.Protobuf.WellKnownTypes.Empty> @class(
                            Google.Protobuf.WellKnownTypes.Empty request, Grpc.Core.ServerCallContext context) => throw new System.NotSupportedException();
                    }
                }
            }
            """);
        model = model with { Services = new([model.Services[0] with { Methods = new([Models.EmptyMethod("class")]) }]) };

        Check("Keywords", GeneratorRun.Of(compilation, ModelFile.Of(model)));
    }

    [Fact]
    public void A_service_without_methods()
    {
        var model = Models.Empty("idle.proto", "idle", "Idle");
        var compilation = GeneratorRun.NewCompilation("""
            #pragma warning disable CS1591
            namespace idle
            {
                public static class Idle { public abstract class IdleBase; }
            }
            """);
        model = model with { Services = new([model.Services[0] with { Methods = EquatableArray<MethodModel>.Empty }]) };

        Check("NoMethods", GeneratorRun.Of(compilation, ModelFile.Of(model)));
    }

    private static void Check(string name, GeneratorRun run)
    {
        run.Compiles();
        var sources = run.Sources.OrderBy(source => source.Key, StringComparer.Ordinal).Select(source => $"==> {source.Key}\n{source.Value}");
        Golden.Matches(name + ".txt", string.Join('\n', sources).Replace($"\"{Version}\"", "\"{version}\"", StringComparison.Ordinal));
    }
}
