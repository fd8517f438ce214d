using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>The client library under load.</summary>
internal static class ChaosChannel
{
    public static ChannelBase To(string address) => RouterChannel.ForAddress(address);
}
