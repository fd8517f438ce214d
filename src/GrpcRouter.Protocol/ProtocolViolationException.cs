namespace GrpcRouter.Protocol;

/// <summary>The peer broke a rule of the registration protocol; the channel ends.</summary>
/// <param name="message">Which rule, and where.</param>
public sealed class ProtocolViolationException(string message) : Exception(message);
