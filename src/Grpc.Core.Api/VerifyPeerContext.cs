namespace Grpc.Core;

/// <summary>The TLS peer that a <see cref="VerifyPeerCallback"/> checks.</summary>
public class VerifyPeerContext
{
    internal VerifyPeerContext(string targetName, string peerPem)
    {
        TargetName = targetName;
        PeerPem = peerPem;
    }

    /// <summary>The name the client wanted to reach.</summary>
    public string TargetName { get; }

    /// <summary>The certificate of the peer as PEM.</summary>
    public string PeerPem { get; }
}
