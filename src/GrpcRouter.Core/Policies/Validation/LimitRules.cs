namespace GrpcRouter;

/// <summary>Rules for what bounds a service.</summary>
internal static class LimitRules
{
    private const int MaxTokens = 1000;

    /// <param name="scope">Where the service's options stand.</param>
    /// <param name="service">The options.</param>
    /// <param name="tenants">Something names a call's tenant.</param>
    public static void Check(in OptionScope scope, ServicePolicyOptions service, bool tenants)
    {
        if (scope.IsThere(nameof(service.CircuitBreaker), service.CircuitBreaker))
        {
            Check(scope.Of(nameof(service.CircuitBreaker)), service.CircuitBreaker, tenants);
        }

        if (scope.IsThere(nameof(service.RetryBudget), service.RetryBudget))
        {
            Check(scope.Of(nameof(service.RetryBudget)), service.RetryBudget);
        }
    }

    private static void Check(in OptionScope scope, CircuitBreakerOptions options, bool tenants)
    {
        scope.AtLeast(nameof(options.MaxCalls), options.MaxCalls, 1);
        scope.AtLeast(nameof(options.MaxPendingCalls), options.MaxPendingCalls, 0);
        scope.AtLeast(nameof(options.MaxRetries), options.MaxRetries, 0);
        scope.AtLeast(nameof(options.MaxCallsPerInstance), options.MaxCallsPerInstance, 1);
        scope.AtLeast(nameof(options.MaxCallsPerTenant), options.MaxCallsPerTenant, 1);
        if (options.MaxCallsPerTenant is not null && !tenants)
        {
            scope.Fail(nameof(options.MaxCallsPerTenant), "needs the Tenants of the router to have a Source, which names a call's tenant");
        }
    }

    private static void Check(in OptionScope scope, RetryBudgetOptions options)
    {
        scope.Range(nameof(options.Ratio), options.Ratio, 0.0, 10.0);
        scope.AtLeast(nameof(options.MinPerSecond), options.MinPerSecond, 0.0);
        scope.Range(nameof(options.MaxTokens), options.MaxTokens, 1, MaxTokens);
        scope.MoreThan(nameof(options.TokenRatio), options.TokenRatio, 0);
    }
}
