namespace GrpcRouter;

/// <summary>What a registration token is wanted for.</summary>
/// <param name="Service">Full name of the service, such as <c>greet.Greeter</c>.</param>
/// <param name="InstanceId">Names the instance.</param>
/// <param name="Router">Address of the router that will see it.</param>
public sealed record RegistrationTokenRequest(string Service, string InstanceId, Uri Router);
