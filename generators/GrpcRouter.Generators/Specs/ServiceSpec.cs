namespace GrpcRouter.Generators.Specs;

// What the router and the bridge of a service have in common. Names are not escaped.
internal sealed record ServiceSpec(string FullName, string ImportName, string Namespace, string CSharpName, string Access)
{
    public string RouterName => CSharpName + "Router";

    public string BridgeName => CSharpName + "Bridge";

    // Name of a type beside the service class, with namespace.
    public string Qualify(string type) => Namespace.Length == 0 ? type : $"{Namespace}.{type}";
}
