using Google.Protobuf.Reflection;
using GrpcRouter.Schema;
using GrpcRouter.V1;

namespace GrpcRouter.Build;

// What a method says about how its calls are treated.
internal static class MethodPolicies
{
    private const string Option = "option (grpcrouter.v1.method_policy)";

    public static DeclaredPolicy Read(MethodDescriptorProto method, string serviceName)
    {
        var subject = $"Method '{method.Name}' of service '{serviceName}'";
        var reader = new PolicyReader(subject, Option);
        var problems = new List<PolicyProblem>();
        if (method.Options?.GetExtension(OptionsExtensions.MethodPolicy) is { } policy)
        {
            reader.Read(policy);
            problems.AddRange(Contradictions(method, policy, subject));
        }

        return new(Idempotency(method).Concat(reader.Settings).ToEquatableArray(), [.. reader.Problems, .. problems]);
    }

    private static IEnumerable<PolicySetting> Idempotency(MethodDescriptorProto method) => method.Options?.IdempotencyLevel switch
    {
        MethodOptions.Types.IdempotencyLevel.NoSideEffects => [new("Idempotency", PolicyValueKind.Idempotency, "NoSideEffects")],
        MethodOptions.Types.IdempotencyLevel.Idempotent => [new("Idempotency", PolicyValueKind.Idempotency, "Idempotent")],
        _ => [],
    };

    // One attempt is how a method says that the service's retries or hedging are not for it.
    private static IEnumerable<PolicyProblem> Contradictions(MethodDescriptorProto method, CallPolicy policy, string subject)
    {
        if (policy.Hedging is not { MaxAttempts: not 1 } hedging || hedging.CalculateSize() == 0)
        {
            yield break;
        }

        if (method.ClientStreaming)
        {
            yield return new(DiagnosticIds.HedgingOfRequestStream, [CallPolicy.HedgingFieldNumber],
                $"{subject} streams requests, and only a method with one request message can be hedged.");
        }

        if (policy.Retry is { MaxAttempts: not 1 } retry && retry.CalculateSize() > 0)
        {
            yield return new(DiagnosticIds.RetryAndHedging, [CallPolicy.HedgingFieldNumber],
                $"{subject} sets both retry and hedging; a method has one of them. max_attempts: 1 turns off what the service sets.");
        }
    }
}
