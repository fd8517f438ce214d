namespace GrpcRouter;

/// <summary>What peers are caught at: the values of the tag <c>kind</c> of the counter <c>grpcrouter.abuse</c>. The list is all there is.</summary>
public static class AbuseKinds
{
    /// <summary>A connection cancelled more calls than <see cref="AbuseOptions.CancelBurst"/> allows (CVE-2023-44487, CVE-2025-8671). It is told to calm down and closed.</summary>
    public const string Cancels = "cancels";

    /// <summary>A client took nothing of a response for <see cref="AbuseOptions.StalledReaderTimeout"/>. The call is reset.</summary>
    public const string StalledReader = "stalled_reader";

    /// <summary>A client's HTTP/2 broke a rule or a limit of the server's, such as too many header bytes. The connection is closed.</summary>
    public const string Http2 = "http2";

    /// <summary>A client's messages are cut short or cannot be read. The call ends INTERNAL.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>A message or metadata was over a limit, in either direction. The call ends RESOURCE_EXHAUSTED.</summary>
    public const string Oversize = "oversize";

    /// <summary>An instance opened a channel and did not register in time. The channel ends.</summary>
    public const string SlowRegistration = "slow_registration";

    /// <summary>An instance broke a rule of the channel's protocol. The channel ends.</summary>
    public const string Violation = "violation";

    /// <summary>An instance sent more frames of the channel's own, or frames that carry nothing, than it may. The channel ends.</summary>
    public const string FrameFlood = "frame_flood";

    /// <summary>An instance sent more of a response than it had credit for. The call ends INTERNAL.</summary>
    public const string CreditOverrun = "credit_overrun";

    /// <summary>An instance's answer cannot be passed on, such as for a line break in a trailer. The call ends INTERNAL.</summary>
    public const string BadResponse = "bad_response";
}
