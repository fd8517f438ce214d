using Grpc.Core;

namespace GrpcRouter;

/// <summary>
/// When a call is tried on several instances at once, and the first answer taken (gRFC A6). For methods with one request message. A method has
/// either retries or hedging; where hedging is set, it wins.
/// </summary>
public sealed class HedgingOptions
{
    /// <summary>Attempts in all, 1 to 5. Default 1: no hedging. More says that the methods it is set for may be run twice.</summary>
    public int? MaxAttempts { get; set; }

    /// <summary>Time after which the next attempt is made while none has answered. Zero: all at once. Default 100 ms.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>Statuses that do not end the call while another attempt may still succeed. Default: UNAVAILABLE. An empty list is taken for the default.</summary>
    public IList<StatusCode> NonFatalStatusCodes { get; } = [];
}
