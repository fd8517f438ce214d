namespace GrpcRouter;

/// <summary>What the end of a channel means for dialing again.</summary>
internal enum ChannelEndKind
{
    /// <summary>The network or the router went away: soon.</summary>
    Lost,

    /// <summary>The router does not want this registration: much later, because only a person can change that.</summary>
    Refused,

    /// <summary>The bridge ended it: not at all.</summary>
    Stopped,
}
