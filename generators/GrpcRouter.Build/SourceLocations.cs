using Google.Protobuf.Reflection;
using GrpcRouter.Schema;
using GrpcRouter.V1;

namespace GrpcRouter.Build;

// Positions of declarations. A path is the chain of field numbers and indexes that leads to the element.
internal sealed class SourceLocations
{
    private readonly Dictionary<string, SourceSpan> spans = new(StringComparer.Ordinal);

    public SourceLocations(FileDescriptorProto file)
    {
        foreach (var location in file.SourceCodeInfo?.Location ?? [])
        {
            var span = location.Span;
            spans[string.Join(".", location.Path)] = span.Count == 3
                ? new SourceSpan(span[0] + 1, span[1] + 1, span[0] + 1, span[2] + 1)
                : new SourceSpan(span[0] + 1, span[1] + 1, span[2] + 1, span[3] + 1);
        }
    }

    public SourceSpan Service(int service) => Find([FileDescriptorProto.ServiceFieldNumber, service, ServiceDescriptorProto.NameFieldNumber]);

    public SourceSpan Method(int service, int method) => Find([.. MethodPath(service, method), MethodDescriptorProto.NameFieldNumber]);

    public SourceSpan MethodNumber(int service, int method) =>
        Nearest([.. MethodPath(service, method), MethodDescriptorProto.OptionsFieldNumber], [OptionsExtensions.MethodNumber.FieldNumber], Method(service, method));

    public SourceSpan MethodPolicy(int service, int method, IReadOnlyList<int> path) => Nearest(
        [.. MethodPath(service, method), MethodDescriptorProto.OptionsFieldNumber],
        [OptionsExtensions.MethodPolicy.FieldNumber, .. path],
        Method(service, method));

    public SourceSpan ServicePolicy(int service, IReadOnlyList<int> path) => Nearest(
        [FileDescriptorProto.ServiceFieldNumber, service, ServiceDescriptorProto.OptionsFieldNumber],
        [OptionsExtensions.ServicePolicy.FieldNumber, .. path],
        Service(service));

    private static int[] MethodPath(int service, int method) =>
        [FileDescriptorProto.ServiceFieldNumber, service, ServiceDescriptorProto.MethodFieldNumber, method];

    // An option statement has the position of what it sets: a field, a part of one, or a message with all that is in it.
    private SourceSpan Nearest(int[] options, int[] path, SourceSpan fallback)
    {
        var key = string.Join(".", options.Concat(path));
        if (spans.TryGetValue(key, out var exact))
        {
            return exact;
        }

        var parts = spans.Where(span => span.Key.StartsWith(key + ".", StringComparison.Ordinal)).Select(span => span.Value);
        foreach (var part in parts.OrderBy(span => span.Line).ThenBy(span => span.Column).Take(1))
        {
            return part;
        }

        return path.Length > 1 ? Nearest(options, [.. path.Take(path.Length - 1)], fallback) : fallback;
    }

    private SourceSpan Find(int[] path) => spans.TryGetValue(string.Join(".", path), out var span) ? span : default;
}
