namespace GrpcRouter;

/// <summary>Leaves the channel's read loop with the reason.</summary>
internal sealed class ChannelEndException(ChannelEnd end) : Exception(end.Reason, end.Error)
{
    public ChannelEnd End => end;
}
