namespace GrpcRouter;

/// <summary>How a channel ended.</summary>
/// <param name="Kind">What it means for dialing again.</param>
/// <param name="Reason">For the log.</param>
/// <param name="Error">The exception behind it, if any.</param>
internal sealed record ChannelEnd(ChannelEndKind Kind, string Reason, Exception? Error = null);
