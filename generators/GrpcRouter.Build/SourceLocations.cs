using Google.Protobuf.Reflection;
using GrpcRouter.Schema;

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

    public SourceSpan MethodNumber(int service, int method)
    {
        var span = Find([.. MethodPath(service, method), MethodDescriptorProto.OptionsFieldNumber, GrpcRouter.V1.OptionsExtensions.MethodNumber.FieldNumber]);
        return span.Line > 0 ? span : Method(service, method);
    }

    private static int[] MethodPath(int service, int method) =>
        [FileDescriptorProto.ServiceFieldNumber, service, ServiceDescriptorProto.MethodFieldNumber, method];

    private SourceSpan Find(int[] path) => spans.TryGetValue(string.Join(".", path), out var span) ? span : default;
}
