namespace GrpcRouter.Chaos;

/// <summary>A scenario cannot go on; the message says in which phase and why.</summary>
internal sealed class ChaosException(string message) : Exception(message);
