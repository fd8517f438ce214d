using Google.Protobuf.Reflection;
using GrpcRouter.Schema;

namespace GrpcRouter.Build;

internal sealed record RoutedService(
    ServiceDescriptorProto Descriptor,
    string FullName,
    SourceSpan Span,
    EquatableArray<PolicySetting> Policy,
    IReadOnlyList<RoutedMethod> Methods)
{
    public string Name => Descriptor.Name;

    public string RouterName => Name + "Router";

    public string BridgeName => Name + "Bridge";

    public string RouterFrameName => Name + "RouterFrame";

    public string InstanceFrameName => Name + "InstanceFrame";
}
