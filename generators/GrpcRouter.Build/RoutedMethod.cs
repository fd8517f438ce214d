using Google.Protobuf.Reflection;
using GrpcRouter.Schema;

namespace GrpcRouter.Build;

internal sealed record RoutedMethod(MethodDescriptorProto Descriptor, int Number, string FieldName, SourceSpan Span, EquatableArray<PolicySetting> Policy)
{
    public string Name => Descriptor.Name;

    public MethodKind Kind => (Descriptor.ClientStreaming, Descriptor.ServerStreaming) switch
    {
        (false, false) => MethodKind.Unary,
        (true, false) => MethodKind.ClientStreaming,
        (false, true) => MethodKind.ServerStreaming,
        (true, true) => MethodKind.DuplexStreaming,
    };
}
