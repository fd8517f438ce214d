namespace GrpcRouter;

/// <summary>The bridge of one service of a host.</summary>
internal sealed class HostedBridge(BoundService service, BridgeOptions options, IServiceProvider services, BridgeCertificates certificates)
    : ServiceBridge(service, options, services, certificates);
