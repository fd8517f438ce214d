namespace Grpc.Core;

/// <summary>A further check of a TLS peer. It blocks the handshake and may run on several threads at once.</summary>
/// <param name="context">The peer.</param>
/// <returns>Whether the peer is accepted.</returns>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);
