using Google.Protobuf.Reflection;
using GrpcRouter.Schema;

namespace GrpcRouter.Build;

// A parsed .proto file with everything decided that its outputs need.
internal sealed class RoutedFile
{
    private readonly List<ProtoDiagnostic> diagnostics = [];

    // protoc lists imports before the files that import them: the file itself is the last.
    public RoutedFile(string path, FileDescriptorSet files)
    {
        Path = path;
        Files = files;
        Descriptor = files.File[files.File.Count - 1];
        Types = new TypeIndex(files);
        CSharpNamespace = CSharpNames.Namespace(Descriptor);
        var locations = new SourceLocations(Descriptor);
        Services = [.. Descriptor.Service.Select((service, index) => Service(service, index, locations))];
    }

    public string Path { get; }

    public FileDescriptorSet Files { get; }

    public FileDescriptorProto Descriptor { get; }

    public TypeIndex Types { get; }

    public string CSharpNamespace { get; }

    public IReadOnlyList<RoutedService> Services { get; }

    public IReadOnlyList<ProtoDiagnostic> Diagnostics => diagnostics;

    public string RouterProtoName => CSharpNames.StripExtension(System.IO.Path.GetFileName(Path)) + "_router.proto";

    public string FullName(string name) => Descriptor.Package.Length == 0 ? name : $"{Descriptor.Package}.{name}";

    public ProtoModel ToModel(RouterTargets targets, string access, bool hasServiceBases) => new(
        Path,
        Descriptor.Name,
        Descriptor.Package,
        CSharpNamespace,
        access,
        targets.Router,
        targets.Bridge,
        hasServiceBases,
        Services.Select(ToModel).ToEquatableArray());

    private ServiceModel ToModel(RoutedService service) => new(
        service.Name,
        service.FullName,
        service.Name,
        service.Span,
        service.Policy,
        service.Methods.Select(method => new MethodModel(
            method.Name,
            method.Name,
            method.Kind,
            method.Number,
            Types[method.Descriptor.InputType].CSharpName,
            Types[method.Descriptor.OutputType].CSharpName,
            method.Span,
            method.Policy)).ToEquatableArray());

    private RoutedService Service(ServiceDescriptorProto service, int index, SourceLocations locations)
    {
        var fullName = FullName(service.Name);
        var numbers = MethodNumbering.Assign(service, fullName, out var problems);
        diagnostics.AddRange(problems.Select(problem => new ProtoDiagnostic(
            problem.Id, Path, locations.MethodNumber(index, problem.Method), problem.Message)));
        var fields = FrameFieldNames.Assign([.. service.Method.Select(method => method.Name)], numbers);
        var policy = Settings(ServicePolicies.Read(service, fullName), path => locations.ServicePolicy(index, path));
        return new RoutedService(service, fullName, locations.Service(index), policy,
            [.. service.Method.Select((method, position) => new RoutedMethod(
                method, numbers[position], fields[position], locations.Method(index, position),
                Settings(MethodPolicies.Read(method, fullName), path => locations.MethodPolicy(index, position, path))))]);
    }

    private EquatableArray<PolicySetting> Settings(DeclaredPolicy policy, Func<IReadOnlyList<int>, SourceSpan> locate)
    {
        diagnostics.AddRange(policy.Problems.Select(problem => new ProtoDiagnostic(problem.Id, Path, locate(problem.Path), problem.Message)));
        return policy.Settings;
    }
}
