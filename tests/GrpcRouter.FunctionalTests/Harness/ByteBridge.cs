using Grpc.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>An instance that has the method Unary of the probe and nothing else, on bytes rather than messages.</summary>
internal sealed class ByteBridge(string router, LogGuard logs, Func<byte[], byte[]> handler)
    : ServiceBridge(Binding.Bind(handler), router, new BridgeOptions { InstanceId = "bytes", LoggerFactory = logs })
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private static readonly RoutedMethod Unary = ProbeRouter.Service.Methods.Single(static method => method.Name == "Unary");

    private static readonly ServiceBinding<Func<byte[], byte[]>> Binding =
        new ServiceBinding<Func<byte[], byte[]>>(new RoutedService(ProbeRouter.Service.FullName, Unary)).AddUnary(
            Unary.Number,
            new Method<byte[], byte[]>(MethodType.Unary, ProbeRouter.Service.FullName, Unary.Name, Bytes, Bytes),
            static (handler, request, _) => Task.FromResult(handler(request)));
}
