namespace GrpcRouter.Schema;

/// <summary>A method of a service.</summary>
/// <param name="Name">Name as declared, as it stands in a gRPC path.</param>
/// <param name="CSharpName">Name of the method on the server base class. Not escaped: it may be a C# keyword.</param>
/// <param name="Kind">Which sides stream.</param>
/// <param name="Number">Field number of the payload in the registration frames.</param>
/// <param name="RequestType">C# request type, written <c>global::Greet.HelloRequest</c>.</param>
/// <param name="ResponseType">C# response type, written <c>global::Greet.HelloReply</c>.</param>
/// <param name="Span">Position of the name in the .proto file.</param>
/// <param name="Policy">How its calls are treated, as far as the .proto file says, in the order of the options.</param>
public sealed record MethodModel(
    string Name,
    string CSharpName,
    MethodKind Kind,
    int Number,
    string RequestType,
    string ResponseType,
    SourceSpan Span,
    EquatableArray<PolicySetting> Policy);
