namespace GrpcRouter.Schema;

/// <summary>One thing that a .proto file says about how calls are treated.</summary>
/// <param name="Property">The property of the runtime's policy options that it sets, from the service's or the method's options on: <c>Retry.MaxAttempts</c>.</param>
/// <param name="Kind">What the value is.</param>
/// <param name="Value">The value, written in the same way whatever the culture.</param>
public sealed record PolicySetting(string Property, PolicyValueKind Kind, string Value);
