using System.Text.RegularExpressions;

namespace GrpcRouter.Build;

// From edition 2024 on a message can be local to its file, and the frames are in another. protoc decides which are.
internal static class LocalTypes
{
    private const int Edition2024 = 1001;

    private static readonly Regex NotVisible = new(
        @"^Symbol ""(?<type>[^""]+)"", defined in .* is not visible", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    public static IEnumerable<ProtoDiagnostic> Find(RoutedProto proto, RoutedFile file, Protoc protoc)
    {
        if ((int)file.Descriptor.Edition < Edition2024 || file.Services.Count == 0)
        {
            return [];
        }

        var diagnostics = new List<ProtoDiagnostic>();
        protoc.ReadDescriptors(proto with { Path = proto.RouterProtoPath, ImportDirs = [proto.OutputRoot, .. proto.ImportDirs] }, diagnostics);
        return diagnostics.Select(diagnostic => AtMethod(diagnostic, file)).Distinct();
    }

    private static ProtoDiagnostic AtMethod(ProtoDiagnostic diagnostic, RoutedFile file)
    {
        var match = NotVisible.Match(diagnostic.Message);
        var type = match.Groups["type"].Value;
        var method = file.Services.SelectMany(service => service.Methods)
            .FirstOrDefault(method => method.Descriptor.InputType == $".{type}" || method.Descriptor.OutputType == $".{type}");
        return method is null ? diagnostic : new(DiagnosticIds.TypeNotVisible, file.Path, method.Span,
            $"Method '{method.Name}' uses '{type}', which is local to its file. Declare it as 'export message': the generated frames are in a file of their own.");
    }
}
