using Grpc.Core;

namespace GrpcRouter;

/// <summary>
/// When a call that an instance may have run is tried again (gRFC A6). What never reached an instance is tried again whatever is set here.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>
    /// Attempts in all, 1 to 5. More than 1 says that the methods it is set for may be run twice. Default: 3 for methods whose
    /// idempotency is known, 1 for others.
    /// </summary>
    public int? MaxAttempts { get; set; }

    /// <summary>Wait before the first retry, which is made longer or shorter by up to a fifth at random. Positive; default 50 ms.</summary>
    public TimeSpan? InitialBackoff { get; set; }

    /// <summary>Longest wait. Positive; default 1 s.</summary>
    public TimeSpan? MaxBackoff { get; set; }

    /// <summary>What each wait is multiplied by for the next. 1 or more; default 2.</summary>
    public double? BackoffMultiplier { get; set; }

    /// <summary>Statuses that are tried again. Default: UNAVAILABLE. An empty list is taken for the default.</summary>
    public IList<StatusCode> RetryableStatusCodes { get; } = [];

    /// <summary>
    /// Longest time until an attempt has answered with headers; then it is given up and counts as failed. Positive; default: none. The last one ends the
    /// call DEADLINE_EXCEEDED.
    /// </summary>
    public TimeSpan? AttemptTimeout { get; set; }
}
