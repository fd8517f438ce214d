using GrpcRouter.Generators.Specs;

namespace GrpcRouter.Generators.Emit;

// A local variable for each message type of a service, in the order of first use.
internal sealed class MarshallerNames
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly List<string> types = [];

    public MarshallerNames(IEnumerable<MethodSpec> methods)
    {
        foreach (var method in methods)
        {
            Add(method.RequestType);
            Add(method.ResponseType);
        }
    }

    public IReadOnlyList<string> Types => types;

    public string this[string type] => names[type];

    private void Add(string type)
    {
        if (names.ContainsKey(type))
        {
            return;
        }

        var simple = type.Substring(type.LastIndexOfAny(['.', ':']) + 1).TrimStart('@');
        var stem = char.ToLowerInvariant(simple[0]) + simple.Substring(1) + "Marshaller";
        var name = stem;
        for (var next = 2; !taken.Add(name); next++)
        {
            name = stem + CSharp.Literal(next);
        }

        names.Add(type, name);
        types.Add(type);
    }
}
