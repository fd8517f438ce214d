namespace GrpcRouter.Schema;

/// <summary>What is generated for one .proto file.</summary>
/// <param name="ProtoPath">Full path of the file, for diagnostics.</param>
/// <param name="ImportName">Name under which other .proto files import it, with forward slashes.</param>
/// <param name="Package">Protobuf package; empty when the file declares none.</param>
/// <param name="CSharpNamespace">C# namespace of the generated types; empty for the global namespace.</param>
/// <param name="Access"><c>public</c> or <c>internal</c>.</param>
/// <param name="Router">Whether router classes are asked for.</param>
/// <param name="Bridge">Whether bridge classes are asked for.</param>
/// <param name="HasServiceBases">Whether the C# plugin generates the server base classes that a bridge needs.</param>
/// <param name="Services">The services in the order of declaration.</param>
public sealed record ProtoModel(
    string ProtoPath,
    string ImportName,
    string Package,
    string CSharpNamespace,
    string Access,
    bool Router,
    bool Bridge,
    bool HasServiceBases,
    EquatableArray<ServiceModel> Services);
