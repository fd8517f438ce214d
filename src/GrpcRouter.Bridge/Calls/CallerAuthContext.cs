using Grpc.Core;

namespace GrpcRouter;

/// <summary>Who calls, in the form that gRPC has for it.</summary>
internal static class CallerAuthContext
{
    private const string NameProperty = "grpcrouter_caller_name";
    private const string SchemeProperty = "grpcrouter_caller_scheme";

    private static readonly AuthContext Nobody = new(null, []);

    public static AuthContext Of(CallerIdentity? caller) => caller is null ? Nobody : new AuthContext(
        NameProperty,
        new Dictionary<string, List<AuthProperty>>(StringComparer.Ordinal)
        {
            [NameProperty] = [AuthProperty.Create(NameProperty, System.Text.Encoding.UTF8.GetBytes(caller.Name))],
            [SchemeProperty] = [AuthProperty.Create(SchemeProperty, System.Text.Encoding.UTF8.GetBytes(caller.Scheme))],
        });
}
