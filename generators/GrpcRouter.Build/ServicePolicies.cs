using Google.Protobuf.Reflection;
using GrpcRouter.Schema;
using GrpcRouter.V1;

namespace GrpcRouter.Build;

// What a service says about how its calls and instances are treated.
internal static class ServicePolicies
{
    private const string Option = "option (grpcrouter.v1.service_policy)";

    public static DeclaredPolicy Read(ServiceDescriptorProto service, string fullName)
    {
        var reader = new PolicyReader($"Service '{fullName}'", Option);
        if (service.Options?.GetExtension(OptionsExtensions.ServicePolicy) is { } policy)
        {
            reader.Read(policy);
        }

        return new(reader.Settings.ToEquatableArray(), reader.Problems);
    }
}
