namespace GrpcRouter;

/// <summary>
/// How much may be under way at once. What is over a limit is refused at once with RESOURCE_EXHAUSTED, and says which limit it was. Limits on all calls of a service are
/// counted without a lock, and may be passed by a few calls that come at the same moment.
/// </summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>Calls of the service under way, waiting ones among them. Positive; default: no limit.</summary>
    public int? MaxCalls { get; set; }

    /// <summary>Calls that wait for an instance. 0 and more; default 1,000.</summary>
    public int? MaxPendingCalls { get; set; }

    /// <summary>Retries and hedges under way. 0 and more; default: no limit but the retry budget.</summary>
    public int? MaxRetries { get; set; }

    /// <summary>Calls under way on one instance. Positive; default: no limit. One that is full is passed over while others are not.</summary>
    public int? MaxCallsPerInstance { get; set; }

    /// <summary>Calls under way for one tenant; calls without one count together. Positive; default: no limit. Needs <see cref="RouterOptions.Tenants"/>.</summary>
    public int? MaxCallsPerTenant { get; set; }
}
