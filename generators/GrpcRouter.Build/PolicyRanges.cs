using Google.Protobuf.Reflection;

namespace GrpcRouter.Build;

// The ranges that the comments of options.proto and the runtime's options tell.
internal static class PolicyRanges
{
    public static PolicyRange Of(FieldDescriptor field) => $"{field.ContainingType.Name}.{field.Name}" switch
    {
        "CallPolicy.timeout" or "ServicePolicy.timeout" => PolicyRange.Positive,
        "LoadBalancingPolicy.choice_count" => new(2, 10),
        "LoadBalancingPolicy.bounded_load" => new(1, WithoutLeast: true),
        "RetryPolicy.max_attempts" or "HedgingPolicy.max_attempts" => new(1, 5),
        "RetryPolicy.initial_backoff" or "RetryPolicy.max_backoff" or "RetryPolicy.attempt_timeout" => PolicyRange.Positive,
        "RetryPolicy.backoff_multiplier" => new(1),
        "HedgingPolicy.delay" => new(0),
        "CircuitBreakerPolicy.max_calls" or "CircuitBreakerPolicy.max_calls_per_instance" => new(1),
        "CircuitBreakerPolicy.max_pending_calls" or "CircuitBreakerPolicy.max_retries" => new(0),
        "RetryBudgetPolicy.ratio" => new(0, 10),
        "RetryBudgetPolicy.min_per_second" => new(0),
        "RetryBudgetPolicy.max_tokens" => new(1, 1000),
        "RetryBudgetPolicy.token_ratio" => PolicyRange.Positive,
        "SlowStartPolicy.window" => new(0),
        "SlowStartPolicy.aggression" => PolicyRange.Positive,
        "SlowStartPolicy.min_weight_percent" => new(1, 100),
        var name => throw new InvalidOperationException($"{name} has no range."),
    };
}
