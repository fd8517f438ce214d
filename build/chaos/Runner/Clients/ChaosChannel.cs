using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter.Tests;

namespace GrpcRouter.Chaos;

/// <summary>The client library under load.</summary>
internal static class ChaosChannel
{
    public static ChannelBase To(string address, SentStatuses sent) =>
        RouterChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = sent.CreateHandler(), DisposeHttpClient = true });
}
