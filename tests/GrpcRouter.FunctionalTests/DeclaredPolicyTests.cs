using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using GrpcRouter.Tests.Policies;
using GrpcRouter.V1;

namespace GrpcRouter.FunctionalTests;

/// <summary>From the options in tests/Shared/Protos/policies.proto to what the generated routers tell the runtime.</summary>
public sealed class DeclaredPolicyTests
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    [Fact]
    public void Every_option_of_a_service_reaches_its_property()
    {
        var declared = Declared<EverythingRouter>();
        declared.Methods.Clear();

        Same("""
            {
              "LoadBalancing": {
                "Policy": "ring_hash", "HashHeader": "x-user.id", "ChoiceCount": 3, "SessionAffinity": true, "BoundedLoad": 1.25, "WeightSignal": "queue \"length\""
              },
              "Retry": {
                "MaxAttempts": 4, "InitialBackoff": "00:00:00.0200000", "MaxBackoff": "00:00:02", "BackoffMultiplier": 1.5,
                "RetryableStatusCodes": ["Unavailable", "Aborted"], "AttemptTimeout": "00:00:01.5000000"
              },
              "Hedging": { "MaxAttempts": 2, "Delay": "00:00:00", "NonFatalStatusCodes": ["Cancelled", "DataLoss"] },
              "Timeout": "00:00:30",
              "WaitForReady": true,
              "CircuitBreaker": { "MaxCalls": 1000, "MaxPendingCalls": 0, "MaxRetries": 10, "MaxCallsPerInstance": 100 },
              "RetryBudget": { "Ratio": 0.1, "MinPerSecond": 5, "MaxTokens": 100, "TokenRatio": 1E-20 },
              "SlowStart": { "Window": "00:01:00", "Aggression": 2, "MinWeightPercent": 20 },
              "AuthorizationPolicy": "staff \"only\""
            }
            """, declared);
    }

    [Fact]
    public void Every_option_of_a_method_reaches_its_property()
    {
        var methods = Declared<EverythingRouter>().Methods;

        Assert.Equal(["Get", "Put", "Watch"], methods.Keys.Order(StringComparer.Ordinal));
        Same("""
            {
              "Idempotency": "NoSideEffects", "LoadBalancing": { "Policy": "my_policy_2" }, "Retry": { "MaxAttempts": 5 },
              "Timeout": "00:00:00.0000001", "WaitForReady": false, "AuthorizationPolicy": "anonymous"
            }
            """, methods["Get"]);
        Same("""{ "Idempotency": "Idempotent", "Retry": { "MaxAttempts": 1 }, "Hedging": { "MaxAttempts": 3, "Delay": "00:00:00.2500000" } }""", methods["Put"]);
        Same("""{ "Hedging": { "MaxAttempts": 1 }, "Retry": { "RetryableStatusCodes": ["Unavailable", "ResourceExhausted"] } }""", methods["Watch"]);
    }

    [Fact]
    public void A_service_that_says_nothing_declares_nothing()
    {
        Assert.Equal(typeof(ServiceRouter), typeof(NothingRouter).GetMethod("DeclarePolicy", BindingFlags.NonPublic | BindingFlags.Instance)!.DeclaringType);
        Same("{}", Declared<NothingRouter>());
    }

    [Fact]
    public void The_tested_service_sets_every_option_that_there_is()
    {
        var policy = PoliciesReflection.Descriptor.Services.Single(service => service.Name == "Everything")
            .GetOptions().GetExtension(OptionsExtensions.ServicePolicy);

        Assert.Empty(Unset(policy));

        // So that what holds for a service holds for a method.
        Assert.Subset(
            ServicePolicy.Descriptor.Fields.InFieldNumberOrder().Select(field => (field.Name, field.FieldType)).ToHashSet(),
            CallPolicy.Descriptor.Fields.InFieldNumberOrder().Select(field => (field.Name, field.FieldType)).ToHashSet());
    }

    private static IEnumerable<string> Unset(IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder().Where(field => field.HasPresence || field.IsRepeated))
        {
            object value = field.Accessor.GetValue(message);
            if (field.IsRepeated ? ((System.Collections.IList)value).Count == 0 : !field.Accessor.HasValue(message))
            {
                yield return field.FullName;
            }
            else if (value is IMessage part and not Google.Protobuf.WellKnownTypes.Duration)
            {
                foreach (string name in Unset(part))
                {
                    yield return name;
                }
            }
        }
    }

    private static ServicePolicyOptions Declared<TRouter>()
        where TRouter : ServiceRouter
    {
        // Not from a hub, which would look for balancers of the names that are declared here.
        object router = RuntimeHelpers.GetUninitializedObject(typeof(TRouter));
        ServicePolicyOptions options = new();
        typeof(ServiceRouter).GetMethod("DeclarePolicy", BindingFlags.NonPublic | BindingFlags.Instance)!.Invoke(router, [options]);
        return options;
    }

    /// <summary>Compares what is set; lists and objects that hold nothing are as good as none.</summary>
    private static void Same<T>(string expected, T options)
    {
        // Defaults that the options themselves have are in both.
        JsonNode blank = JsonSerializer.SerializeToNode(Activator.CreateInstance<T>(), Json)!;
        JsonNode actual = JsonSerializer.SerializeToNode(options, Json)!;
        Prune(actual, blank);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
    }

    private static void Prune(JsonNode node, JsonNode? blank)
    {
        foreach ((string name, JsonNode? value) in node.AsObject().ToArray())
        {
            if (JsonNode.DeepEquals(value, blank?[name]))
            {
                node.AsObject().Remove(name);
            }
            else if (value is JsonObject part)
            {
                Prune(part, blank?[name]);
            }
        }
    }
}
