using GrpcRouter.Schema;
using GrpcRouter.Tests;

namespace GrpcRouter.Build.Tests;

public sealed class RouterProtoGoldenTests
{
    [Theory]
    [InlineData("greet")]
    [InlineData("names")]
    [InlineData("keywords")]
    [InlineData("two_services")]
    [InlineData("no_package")]
    [InlineData("legacy")]
    [InlineData("edition")]
    public void The_router_proto_is_as_reviewed(string name) => Golden.Matches($"{name}_router.proto", RouterProtoWriter.Write(Read(name)));

    [Theory]
    [InlineData("greet")]
    [InlineData("two_services")]
    [InlineData("no_package")]
    [InlineData("legacy")]
    [InlineData("messages_only")]
    [InlineData("policies")]
    public void The_model_is_as_reviewed(string name)
    {
        var model = Read(name).ToModel(new RouterTargets(Router: true, Bridge: true), "public", hasServiceBases: true);

        Golden.Matches($"{name}.grpcrouter.txt", ProtoModelText.Write(model with { ProtoPath = $"/src/{name}.proto" }));
    }

    private static RoutedFile Read(string name)
    {
        var (file, diagnostics) = ProtoReading.Read(Path.Combine(Locations.Protos, $"{name}.proto"));
        Assert.Empty(diagnostics);
        return file!;
    }
}
