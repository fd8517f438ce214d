using System.Reflection;
using System.Runtime.Loader;
using Google.Protobuf;
using Greet;
using Grpc.Core;
using GrpcRouter.Generators.Tests.Harness;

namespace GrpcRouter.Generators.Tests;

public sealed class EmittedCodeTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void The_tables_of_router_and_bridge_hold_the_methods_of_the_model(bool router, bool bridge)
    {
        var assembly = Load(GeneratorRun.Of(Models.Greet with { Router = router, Bridge = bridge }));

        var tables = new List<RoutedService>();
        if (router)
            tables.Add(Static<RoutedService>(assembly, "Greet.GreeterRouter", "Service"));
        if (bridge)
            tables.Add(Static<ServiceBinding<Greeter.GreeterBase>>(assembly, "Greet.GreeterBridge", "Binding").Service);

        Assert.All(tables, table =>
        {
            Assert.Equal("greet.Greeter", table.FullName);
            Assert.Equal(
                ["SayHello (Unary, 2526808)", "CollectHellos (ClientStreaming, 27879396)", "RepeatHello (ServerStreaming, 5366850)", "Chat (DuplexStreaming, 8345355)"],
                table.Methods.Select(method => method.ToString()));
        });
        Assert.Equal(router && bridge ? 2 : 1, tables.Count);
    }

    [Fact]
    public void Router_and_bridge_in_one_project_share_one_table()
    {
        var assembly = Load(GeneratorRun.Of(Models.Greet));

        Assert.Same(
            Static<RoutedService>(assembly, "Greet.GreeterRouter", "Service"),
            Static<ServiceBinding<Greeter.GreeterBase>>(assembly, "Greet.GreeterBridge", "Binding").Service);
    }

    [Fact]
    public void The_hub_makes_an_emitted_router()
    {
        using var hub = new RouterHub(new RouterOptions());
        var type = Load(GeneratorRun.Of(Models.Greet)).GetType("Greet.GreeterRouter", throwOnError: true)!;

        var router = (ServiceRouter)typeof(RouterHub).GetMethod("GetRouter", [])!.MakeGenericMethod(type).Invoke(hub, [])!;

        Assert.Equal("greet.Greeter", router.Service.FullName);
        Assert.Same(router, Assert.Single(hub.Routers));
    }

    [Fact]
    public void An_emitted_marshaller_writes_and_reads_what_protobuf_does()
    {
        var bridge = Load(GeneratorRun.Of(Models.Greet)).GetType("Greet.GreeterBridge", throwOnError: true)!;
        var make = bridge.GetMethod("Marshaller", BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(typeof(HelloRequest));
        var marshaller = (Marshaller<HelloRequest>)make.Invoke(null, [HelloRequest.Parser])!;
        var message = new HelloRequest { Name = new string('n', 1000) };

        var bytes = marshaller.Serializer(message);

        Assert.Equal(message.ToByteArray(), bytes);
        Assert.Equal(message, marshaller.Deserializer(bytes));
        Assert.Empty(marshaller.Serializer(new HelloRequest()));
    }

    private static Assembly Load(GeneratorRun run)
    {
        using var image = new MemoryStream();
        Assert.True(run.Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        image.Position = 0;
        return new AssemblyLoadContext("Emitted", isCollectible: true).LoadFromStream(image);
    }

    private static T Static<T>(Assembly assembly, string type, string property) =>
        Assert.IsType<T>(assembly.GetType(type, throwOnError: true)!.GetProperty(property, BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)!.GetValue(null));
}
