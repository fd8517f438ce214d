namespace GrpcRouter;

/// <summary>What a peer may ask of the router without use to anybody. Over it, that peer alone is cut off, named in the log and counted (<c>grpcrouter.abuse</c>).</summary>
public sealed class AbuseOptions
{
    /// <summary>
    /// Calls that a connection may cancel within 5 s of their start, beyond those that <see cref="CancelsPerSecond"/> and calls that ran to their end make up for: each of those
    /// gives one back. Over it the connection's next calls are reset with ENHANCE_YOUR_CALM and the connection is closed. 1 or more; default 2,000.
    /// </summary>
    public int CancelBurst { get; set; } = 2000;

    /// <summary>Early cancels that a connection may make every second for ever, whatever else it does. 0 or more; default 200.</summary>
    public int CancelsPerSecond { get; set; } = 200;

    /// <summary>
    /// Time in which a client must take something of a response that waits for it. Then its call is reset; a stream on which nothing waits may rest for ever. It is judged by
    /// the server's buffer becoming free, and may be exceeded once. Positive; null: for ever. Default 10 minutes.
    /// </summary>
    [Reload(ReloadEffect.AtOnce)]
    public TimeSpan? StalledReaderTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Frames of the channel's own (pings and their answers, reports, drains) that an instance may send a second, over 10 s. 1 or more; default 100.</summary>
    public int ControlFramesPerSecond { get; set; } = 100;

    /// <summary>
    /// Frames of calls that an instance may send a second, over 10 s, that bring neither headers nor data nor an end: credit of less than 1 KiB, or nothing at all. 1 or more;
    /// default 5,000.
    /// </summary>
    public int EmptyFramesPerSecond { get; set; } = 5000;
}
