namespace GrpcRouter;

/// <summary>The ways in which the router itself learns who a peer is.</summary>
public static class PeerIdentitySchemes
{
    /// <summary>A client certificate (RFC 8446, section 4.4.2).</summary>
    public const string Certificate = "certificate";

    /// <summary>A signed registration token.</summary>
    public const string Token = "token";

    /// <summary>An API key.</summary>
    public const string ApiKey = "api-key";
}
