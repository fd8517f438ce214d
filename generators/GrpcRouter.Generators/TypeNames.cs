using GrpcRouter.Generators.Specs;
using GrpcRouter.Schema;

namespace GrpcRouter.Generators;

// The C# types that the models tell of and the ones to be emitted, each with who has the name.
internal sealed class TypeNames
{
    private readonly Dictionary<string, string> holders = new(StringComparer.Ordinal);
    private readonly ILookup<string, ServiceSpec> emitted;

    public TypeNames(IEnumerable<ProtoModel> models, IEnumerable<ServiceSpec> services)
    {
        foreach (var model in models)
        {
            foreach (var service in model.Services)
            {
                if (model.HasServiceBases)
                {
                    Add(model.CSharpNamespace.Length == 0 ? service.CSharpName : $"{model.CSharpNamespace}.{service.CSharpName}", $"the class of service '{service.FullName}'");
                }

                foreach (var method in service.Methods)
                {
                    Add(Unqualified(method.RequestType), $"the message of method '{service.FullName}.{method.Name}'");
                    Add(Unqualified(method.ResponseType), $"the message of method '{service.FullName}.{method.Name}'");
                }
            }
        }

        emitted = services
            .SelectMany(service => new[] { (Type: service.Qualify(service.RouterName), service), (Type: service.Qualify(service.BridgeName), service) })
            .ToLookup(pair => pair.Type, pair => pair.service, StringComparer.Ordinal);
    }

    // Who else has the name of a type that is to be emitted for the service.
    public string? OtherHolder(string type, ServiceSpec service)
    {
        if (holders.TryGetValue(type, out var holder))
        {
            return holder;
        }

        var other = emitted[type].FirstOrDefault(other => other.FullName != service.FullName);
        return other is null ? null : $"the type generated for service '{other.FullName}'";
    }

    private static string Unqualified(string type) =>
        type.StartsWith("global::", StringComparison.Ordinal) ? type.Substring("global::".Length) : type;

    private void Add(string type, string holder)
    {
        if (!holders.ContainsKey(type))
        {
            holders.Add(type, holder);
        }
    }
}
