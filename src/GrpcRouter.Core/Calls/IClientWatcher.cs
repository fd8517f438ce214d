namespace GrpcRouter;

/// <summary>Whoever serves the call of a client leg, and so must know when the client leaves.</summary>
internal interface IClientWatcher
{
    /// <summary>The client has reset its stream, or its connection is lost. From any thread, more than once if need be.</summary>
    /// <param name="callSerial">The call that is meant, as given to <see cref="ClientLeg.Attach"/>.</param>
    void OnClientGone(long callSerial);
}
