using GrpcRouter.Schema;

namespace GrpcRouter.Generators.Specs;

// What the .proto says of how calls are treated: of a method, or of all the service where there is no name.
internal sealed record PolicySpec(string? Method, EquatableArray<PolicySetting> Settings);
