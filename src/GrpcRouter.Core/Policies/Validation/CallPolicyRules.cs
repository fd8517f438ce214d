using Grpc.Core;

namespace GrpcRouter;

/// <summary>Rules for what may be set for a method.</summary>
internal static class CallPolicyRules
{
    private const int MaxAttempts = 5;

    public static void Check(in OptionScope scope, CallPolicyOptions options, CallPolicyOptions[] wider, IReadOnlySet<string> balancers)
    {
        scope.Positive(nameof(options.Timeout), options.Timeout);
        scope.Positive(nameof(options.MaxStreamAge), options.MaxStreamAge);
        scope.Require(options.AuthorizationPolicy is not "", nameof(options.AuthorizationPolicy), "must name a policy", value: null);
        scope.Defined(nameof(options.Idempotency), options.Idempotency);
        RateLimitRules.Check(scope, options);
        if (scope.IsThere(nameof(options.LoadBalancing), options.LoadBalancing))
        {
            LoadBalancingRules.Check(
                scope.Of(nameof(options.LoadBalancing)), options.LoadBalancing, [.. wider.Select(static policy => policy.LoadBalancing).OfType<LoadBalancingOptions>()], balancers);
        }

        if (!scope.IsThere(nameof(options.Retry), options.Retry) | !scope.IsThere(nameof(options.Hedging), options.Hedging))
        {
            return;
        }

        Check(scope.Of(nameof(options.Retry)), options.Retry);
        Check(scope.Of(nameof(options.Hedging)), options.Hedging);

        // Only where both are asked for in one place: a method that sets hedging leaves the retries of its service behind.
        if (options.Retry.MaxAttempts > 1 && options.Hedging.MaxAttempts > 1)
        {
            scope.Fail(nameof(options.Hedging), $"and {nameof(options.Retry)} both have more than one attempt; a method has either (gRFC A6)");
        }
    }

    private static void Check(in OptionScope scope, RetryOptions retry)
    {
        scope.Range(nameof(retry.MaxAttempts), retry.MaxAttempts, 1, MaxAttempts);
        scope.Positive(nameof(retry.InitialBackoff), retry.InitialBackoff);
        scope.Positive(nameof(retry.MaxBackoff), retry.MaxBackoff);
        scope.AtLeast(nameof(retry.BackoffMultiplier), retry.BackoffMultiplier, 1.0);
        scope.Positive(nameof(retry.AttemptTimeout), retry.AttemptTimeout);
        CheckCodes(scope.Of(nameof(retry.RetryableStatusCodes)), retry.RetryableStatusCodes);
    }

    private static void Check(in OptionScope scope, HedgingOptions hedging)
    {
        scope.Range(nameof(hedging.MaxAttempts), hedging.MaxAttempts, 1, MaxAttempts);
        scope.NotNegative(nameof(hedging.Delay), hedging.Delay);
        CheckCodes(scope.Of(nameof(hedging.NonFatalStatusCodes)), hedging.NonFatalStatusCodes);
    }

    private static void CheckCodes(in OptionScope scope, IList<StatusCode> codes)
    {
        for (int i = 0; i < codes.Count; i++)
        {
            scope.Require(codes[i] != StatusCode.OK && Enum.IsDefined(codes[i]), $"{i}", "must be the code of a failure", codes[i]);
        }
    }
}
