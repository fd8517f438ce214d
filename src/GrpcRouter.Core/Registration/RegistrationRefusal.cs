using Grpc.Core;

namespace GrpcRouter;

/// <summary>Why a registration is refused.</summary>
/// <param name="Code">UNAUTHENTICATED, PERMISSION_DENIED or RESOURCE_EXHAUSTED.</param>
/// <param name="Message">For the instance and for operators; without secrets.</param>
internal sealed record RegistrationRefusal(StatusCode Code, string Message)
{
    public static RegistrationRefusal Unauthenticated(string message) => new(StatusCode.Unauthenticated, message);

    public static RegistrationRefusal Denied(string message) => new(StatusCode.PermissionDenied, message);

    public static RegistrationRefusal Exhausted(string message) => new(StatusCode.ResourceExhausted, message);
}
