using GrpcRouter.Schema;

namespace GrpcRouter.Build;

// What a service or a method says about how calls are treated.
internal sealed record DeclaredPolicy(EquatableArray<PolicySetting> Settings, IReadOnlyList<PolicyProblem> Problems);
