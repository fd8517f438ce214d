using Google.Protobuf.Reflection;
using GrpcRouter.Schema;

namespace GrpcRouter.Build;

// Finds generated names that the user's files, or another generated one, already have: in protobuf and in C#.
internal sealed class NameCollisions
{
    private readonly Dictionary<string, string> protoNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> csharpNames = new(StringComparer.Ordinal);
    private readonly List<ProtoDiagnostic> found = [];

    public static IReadOnlyList<ProtoDiagnostic> Find(IReadOnlyList<(RoutedFile File, RouterTargets Targets)> files)
    {
        var names = new NameCollisions();
        foreach (var descriptor in files.SelectMany(file => file.File.Files.File))
        {
            names.AddExisting(descriptor);
        }

        foreach (var (file, targets) in files)
        {
            names.Check(file, targets);
        }

        return names.found;
    }

    private void AddExisting(FileDescriptorProto file)
    {
        var csharpNamespace = CSharpNames.Namespace(file);
        var prefix = file.Package.Length == 0 ? "" : file.Package + ".";
        foreach (var (kind, name, isType) in Declarations(file))
        {
            protoNames[prefix + name] = $"the {kind} in {file.Name}";
            if (isType)
            {
                csharpNames[CSharpNames.Qualify(csharpNamespace, name)] = $"the {kind} in {file.Name}";
            }
        }

        for (var end = file.Package.Length; end > 0; end = file.Package.LastIndexOf('.', end - 1))
        {
            protoNames[file.Package.Substring(0, end)] = $"the package of {file.Name}";
        }

        csharpNames[CSharpNames.Qualify(csharpNamespace, CSharpNames.ReflectionClass(file.Name))] = $"the descriptor class of {file.Name}";
    }

    private static IEnumerable<(string Kind, string Name, bool IsType)> Declarations(FileDescriptorProto file) =>
    [
        .. file.MessageType.Select(message => ("message", message.Name, true)),
        .. file.EnumType.Select(type => ("enum", type.Name, true)),
        .. file.EnumType.SelectMany(type => type.Value).Select(value => ("enum value", value.Name, false)),
        .. file.Extension.Select(extension => ("extension", extension.Name, false)),
        .. file.Service.Select(service => ("service", service.Name, true)),
    ];

    private void Check(RoutedFile file, RouterTargets targets)
    {
        foreach (var service in file.Services)
        {
            var owner = $"service '{service.FullName}'";
            foreach (var name in new[] { service.RouterFrameName, service.InstanceFrameName, service.RouterName })
            {
                Take(protoNames, file.FullName(name), owner, file.Path, service.Span, "");
            }

            List<string> types = [service.RouterFrameName, service.InstanceFrameName];
            types.AddRange(targets.Router ? [service.RouterName] : []);
            types.AddRange(targets.Bridge ? [service.BridgeName] : []);
            foreach (var type in types)
            {
                Take(csharpNames, CSharpNames.Qualify(file.CSharpNamespace, type), owner, file.Path, service.Span, "C# type ");
            }
        }

        if (file.Services.Count > 0)
        {
            var name = CSharpNames.Qualify(file.CSharpNamespace, CSharpNames.ReflectionClass(file.RouterProtoName));
            Take(csharpNames, name, $"the generated {file.RouterProtoName}", file.Path, file.Services[0].Span, "C# type ");
        }
    }

    private void Take(Dictionary<string, string> names, string name, string owner, string path, SourceSpan span, string kind)
    {
        if (!names.TryGetValue(name, out var holder))
        {
            names.Add(name, $"the code generated for {owner}");
        }
        else if (!found.Any(diagnostic => diagnostic.File == path && diagnostic.Span == span))
        {
            found.Add(new(DiagnosticIds.NameCollision, path, span,
                $"{char.ToUpperInvariant(owner[0])}{owner.Substring(1)} needs the {kind}name '{name}' for generated code, which {holder} already has. Rename one of them."));
        }
    }
}
