using Google.Protobuf.Reflection;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Tests.Harness;

/// <summary>Models as the build task writes them.</summary>
internal static class Models
{
    public static ProtoModel Greet { get; } = Of(global::Greet.GreetReflection.Descriptor);

    public static ProtoModel Bare { get; } = Of(BareReflection.Descriptor);

    public static ProtoModel Orders { get; } = Of(global::Shop.Orders.OrdersReflection.Descriptor);

    public static ProtoModel Hidden { get; } = Of(HiddenAway.V1.HiddenReflection.Descriptor) with { Access = "internal" };

    /// <summary>Greet with a setting of every kind.</summary>
    public static ProtoModel Policies { get; } = Greet with
    {
        Services = new([Greet.Services[0] with
        {
            Policy = new(
            [
                new("LoadBalancing.Policy", PolicyValueKind.Text, "least_request"),
                new("LoadBalancing.WeightSignal", PolicyValueKind.Text, "a \"queue\"\n"),
                new("LoadBalancing.BoundedLoad", PolicyValueKind.Number, "1.25"),
                new("Retry.RetryableStatusCodes", PolicyValueKind.Status, "Unavailable"),
                new("Retry.RetryableStatusCodes", PolicyValueKind.Status, "ResourceExhausted"),
                new("CircuitBreaker.MaxCalls", PolicyValueKind.Integer, "1000"),
                new("RetryBudget.TokenRatio", PolicyValueKind.Number, "1E-20"),
                new("RetryBudget.MinPerSecond", PolicyValueKind.Number, "5"),
                new("WaitForReady", PolicyValueKind.Flag, "true"),
            ]),
            Methods = Greet.Services[0].Methods.Select((method, index) => method with { Policy = index < MethodPolicies.Length ? new(MethodPolicies[index]) : default }).ToEquatableArray(),
        }]),
    };

    /// <summary>A model without a real .proto: one unary method, Empty in and out.</summary>
    public static ProtoModel Empty(string import, string package, params string[] services) => new(
        "/protos/" + import, import, package, package, "public", Router: true, Bridge: true, HasServiceBases: true,
        services.Select((name, index) => Service(name, $"{package}.{name}", 10 * (index + 1), EmptyMethod("Do"))).ToEquatableArray());

    public static ServiceModel Service(string name, string fullName, int line, params MethodModel[] methods) =>
        new(name, fullName, name, new(line, 9, line, 9 + name.Length), default, new(methods));

    public static MethodModel EmptyMethod(string name) => new(
        name, name, MethodKind.Unary, MethodNumbers.FromName(name),
        "global::Google.Protobuf.WellKnownTypes.Empty", "global::Google.Protobuf.WellKnownTypes.Empty", new(11, 7, 11, 7 + name.Length), default);

    private static PolicySetting[][] MethodPolicies =>
    [
        [
            new("Idempotency", PolicyValueKind.Idempotency, "NoSideEffects"),
            new("Retry.InitialBackoff", PolicyValueKind.Duration, "200000"),
            new("Retry.MaxBackoff", PolicyValueKind.Duration, "30000000"),
            new("Retry.AttemptTimeout", PolicyValueKind.Duration, "15001"),
            new("Timeout", PolicyValueKind.Duration, "3155760000000000000"),
        ],
        [],
        [
            new("Idempotency", PolicyValueKind.Idempotency, "Idempotent"),
            new("Hedging.Delay", PolicyValueKind.Duration, "0"),
        ],
    ];

    private static ProtoModel Of(FileDescriptor file) => new(
        "/protos/" + file.Name, file.Name, file.Package, file.MessageTypes[0].ClrType.Namespace ?? "",
        "public", Router: true, Bridge: true, HasServiceBases: true,
        file.Services.Select(service => Service(
            service.Name, service.FullName, 10 * (service.Index + 1), [.. service.Methods.Select(Method)])).ToEquatableArray());

    private static MethodModel Method(MethodDescriptor method) => new(
        method.Name,
        method.Name,
        (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => MethodKind.Unary,
            (true, false) => MethodKind.ClientStreaming,
            (false, true) => MethodKind.ServerStreaming,
            (true, true) => MethodKind.DuplexStreaming,
        },
        MethodNumbers.FromName(method.Name),
        TypeName(method.InputType),
        TypeName(method.OutputType),
        new(10 + method.Index + 1, 7, 10 + method.Index + 1, 7 + method.Name.Length),
        default);

    private static string TypeName(MessageDescriptor message) => "global::" + message.ClrType.FullName!.Replace('+', '.');
}
