using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Google.Protobuf;
using Greet;
using Grpc.Core;
using GrpcRouter.Generators.Tests.Harness;
using GrpcRouter.Schema;

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

        var type = RouterType(Models.Greet);
        var router = (ServiceRouter)typeof(RouterHub).GetMethod("GetRouter", [])!.MakeGenericMethod(type).Invoke(hub, [])!;

        Assert.Equal("greet.Greeter", router.Service.FullName);
        Assert.Same(router, Assert.Single(hub.Routers));
    }

    [Fact]
    public void An_emitted_router_declares_the_policies_of_the_model()
    {
        var service = Declared(Models.Policies);

        Assert.Equal("least_request", service.LoadBalancing.Policy);
        Assert.Equal("a \"queue\"\n", service.LoadBalancing.WeightSignal);
        Assert.Equal(1.25, service.LoadBalancing.BoundedLoad);
        Assert.Equal([StatusCode.Unavailable, StatusCode.ResourceExhausted], service.Retry.RetryableStatusCodes);
        Assert.Equal(1000, service.CircuitBreaker.MaxCalls);
        Assert.Equal((1e-20, 5.0), (service.RetryBudget.TokenRatio, service.RetryBudget.MinPerSecond));
        Assert.True(service.WaitForReady);
        Assert.Null(service.Idempotency);

        Assert.Equal(["RepeatHello", "SayHello"], service.Methods.Keys.Order(StringComparer.Ordinal));
        var hello = service.Methods["SayHello"];
        Assert.Equal(MethodIdempotency.NoSideEffects, hello.Idempotency);
        Assert.Equal(
            [TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(3), TimeSpan.FromTicks(15_001), TimeSpan.FromTicks(3_155_760_000_000_000_000)],
            [hello.Retry.InitialBackoff, hello.Retry.MaxBackoff, hello.Retry.AttemptTimeout, hello.Timeout]);
        Assert.Equal((MethodIdempotency.Idempotent, TimeSpan.Zero), (service.Methods["RepeatHello"].Idempotency, service.Methods["RepeatHello"].Hedging.Delay));
    }

    [Fact]
    public void A_router_that_has_nothing_to_declare_overrides_nothing()
    {
        var router = RouterType(Models.Greet);

        Assert.Equal(typeof(ServiceRouter), router.GetMethod("DeclarePolicy", BindingFlags.NonPublic | BindingFlags.Instance)!.DeclaringType);
    }

    [Fact]
    public void An_emitted_marshaller_writes_and_reads_what_protobuf_does()
    {
        var bridge = Load(GeneratorRun.Of(Models.Greet)).GetType("Greet.GreeterBridge", throwOnError: true)!;
        var make = bridge.GetMethod("Marshaller", BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(typeof(HelloRequest));
        var marshaller = (Marshaller<HelloRequest>)make.Invoke(null, [HelloRequest.Parser])!;
        var message = new HelloRequest { Name = new string('n', 1000) };

        var bytes = Written(message);

        Assert.Equal(message.ToByteArray(), bytes);
        Assert.Equal(message, marshaller.ContextualDeserializer(new GivenMessage(bytes)));
        Assert.Empty(Written(new HelloRequest()));

        byte[] Written(HelloRequest request)
        {
            var written = new WrittenMessage();
            marshaller.ContextualSerializer(request, written);
            return written.Bytes;
        }
    }

    private static Type RouterType(ProtoModel model) => Load(GeneratorRun.Of(model).Compiles()).GetType("Greet.GreeterRouter", throwOnError: true)!;

    private static ServicePolicyOptions Declared(ProtoModel model)
    {
        // Not from a hub, which would put the settings to use.
        var router = RuntimeHelpers.GetUninitializedObject(RouterType(model));
        var options = new ServicePolicyOptions();
        typeof(ServiceRouter).GetMethod("DeclarePolicy", BindingFlags.NonPublic | BindingFlags.Instance)!.Invoke(router, [options]);
        return options;
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
