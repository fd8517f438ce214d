using Grpc.Core;

namespace GrpcRouter;

/// <summary>Whether a registration channel may be opened.</summary>
/// <param name="Status">OK; or UNAUTHENTICATED, PERMISSION_DENIED or RESOURCE_EXHAUSTED with a message for the instance.</param>
/// <param name="Identity">Who the instance has proved to be; null: nobody.</param>
public sealed record RegistrationAdmission(Status Status, PeerIdentity? Identity)
{
    /// <summary>The channel may be opened, with <see cref="Identity"/> in its <see cref="ChannelPeer"/>.</summary>
    public bool IsAdmitted => Status.StatusCode == StatusCode.OK;
}
