namespace GrpcRouter.Schema;

/// <summary>A service of a .proto file.</summary>
/// <param name="Name">Simple name, as declared.</param>
/// <param name="FullName">Name with package, as it stands in a gRPC path.</param>
/// <param name="CSharpName">Name of the static class that the C# plugin generates for it.</param>
/// <param name="Span">Position of the name in the .proto file.</param>
/// <param name="Policy">How the service is treated, as far as the .proto file says, in the order of the options.</param>
/// <param name="Methods">The methods in the order of declaration.</param>
public sealed record ServiceModel(
    string Name,
    string FullName,
    string CSharpName,
    SourceSpan Span,
    EquatableArray<PolicySetting> Policy,
    EquatableArray<MethodModel> Methods);
