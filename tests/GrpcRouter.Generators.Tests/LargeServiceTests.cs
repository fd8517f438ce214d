using System.Globalization;
using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Tests;

public sealed class LargeServiceTests
{
    [Fact]
    public void A_service_of_3000_methods_compiles()
    {
        var names = Enumerable.Range(1, 3000).Select(index => string.Create(CultureInfo.InvariantCulture, $"Do{index}")).ToArray();
        var model = Models.Empty("large.proto", "large", "Large");
        var methods = names.Select((name, index) => Models.EmptyMethod(name) with { Number = MethodNumbers.First + index });
        model = model with { Services = new([model.Services[0] with { Methods = methods.ToEquatableArray() }]) };
        var compilation = GeneratorRun.NewCompilation($$"""
            #pragma warning disable CS1591
            using System.Threading.Tasks;
            using Google.Protobuf.WellKnownTypes;
            namespace large
            {
                public static class Large
                {
                    public abstract class LargeBase
                    {
                        {{string.Join('\n', names.Select(name => $"public virtual Task<Empty> {name}(Empty request, Grpc.Core.ServerCallContext context) => null;"))}}
                    }
                }
            }
            """);

        GeneratorRun.Of(compilation, ModelFile.Of(model)).Compiles();
    }
}
