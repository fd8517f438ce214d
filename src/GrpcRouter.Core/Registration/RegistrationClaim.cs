namespace GrpcRouter;

/// <summary>What an instance wants to be registered as.</summary>
internal readonly record struct RegistrationClaim(string Service, string InstanceId, IReadOnlyDictionary<string, string> Labels);
