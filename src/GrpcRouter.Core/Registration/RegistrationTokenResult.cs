namespace GrpcRouter;

/// <summary>What a registration token says, or why it is refused.</summary>
internal readonly record struct RegistrationTokenResult(PeerIdentity? Identity, string Id, DateTimeOffset End, RegistrationRefusal? Refusal);
