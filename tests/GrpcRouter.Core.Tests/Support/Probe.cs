using Grpc.Core;

namespace GrpcRouter.Core.Tests;

/// <summary>A service with a method of each kind.</summary>
internal static class Probe
{
    public static readonly RoutedMethod Unary = new("Unary", MethodType.Unary, 20_001);
    public static readonly RoutedMethod ClientStreaming = new("ClientStreaming", MethodType.ClientStreaming, 20_002);
    public static readonly RoutedMethod ServerStreaming = new("ServerStreaming", MethodType.ServerStreaming, 20_003);
    public static readonly RoutedMethod Duplex = new("Duplex", MethodType.DuplexStreaming, 20_004);

    public static readonly RoutedService Service = new("probe.Probe", Unary, ClientStreaming, ServerStreaming, Duplex);

    public static RoutedMethod Method(MethodType type) => Service.Methods.Single(method => method.Type == type);
}
