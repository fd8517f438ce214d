using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>An instance of the service of <see cref="OldRouter"/> that has one method more.</summary>
internal sealed class NewerBridge(string router, LogGuard logs)
    : ServiceBridge(Binding.Bind("newer"), router, new BridgeOptions { InstanceId = "newer", LoggerFactory = logs })
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private static readonly ServiceBinding<string> Binding = new ServiceBinding<string>(new RoutedService(
        "functional.Old", new RoutedMethod("Added", MethodType.Unary, 40_000), new RoutedMethod("Unary", MethodType.Unary, 30_000)))
        .AddUnary(40_000, Echo("Added"), static (_, request, _) => Task.FromResult(request))
        .AddUnary(30_000, Echo("Unary"), static (_, request, _) => Task.FromResult(request));

    private static Method<byte[], byte[]> Echo(string name) => new(MethodType.Unary, "functional.Old", name, Bytes, Bytes);
}
