namespace GrpcRouter;

/// <summary>How the calls and the instances of a service are treated.</summary>
public sealed class ServicePolicyOptions : CallPolicyOptions
{
    /// <summary>What differs for single methods, by simple name such as <c>SayHello</c>.</summary>
    public IDictionary<string, CallPolicyOptions> Methods { get; } = new Dictionary<string, CallPolicyOptions>(StringComparer.Ordinal);

    /// <summary>Which instances are considered for which calls.</summary>
    public RoutingOptions Routing { get; set; } = new();

    /// <summary>Instances nearby first.</summary>
    public LocalityOptions Locality { get; set; } = new();

    /// <summary>A fresh instance gets its load step by step.</summary>
    public SlowStartOptions SlowStart { get; set; } = new();

    /// <summary>Instances that fail more than others are left out for a while.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public OutlierDetectionOptions OutlierDetection { get; set; } = new();

    /// <summary>How much may be under way at once.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>What share of all attempts may be retries.</summary>
    public RetryBudgetOptions RetryBudget { get; set; } = new();

    /// <summary>
    /// Share of instances that must be well, in percent, 0 to 100; with fewer, health and ejections are disregarded and all instances are picked from.
    /// Default 0: only when none is left.
    /// </summary>
    public int? PanicThreshold { get; set; }

    /// <summary>Gives the options of a method, and makes them when there are none.</summary>
    public CallPolicyOptions Method(string name)
    {
        if (!Methods.TryGetValue(name, out CallPolicyOptions? options))
        {
            Methods[name] = options = new CallPolicyOptions();
        }

        return options;
    }
}
