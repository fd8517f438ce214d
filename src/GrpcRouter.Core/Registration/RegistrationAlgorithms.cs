namespace GrpcRouter;

/// <summary>How tokens of version 1 may be signed (RFC 7518, section 3.1). A key is for one of them.</summary>
public static class RegistrationAlgorithms
{
    /// <summary>HMAC with SHA-256: router and signer share a secret.</summary>
    public const string HS256 = "HS256";

    /// <summary>ECDSA on the curve P-256 with SHA-256: the router has the public key alone.</summary>
    public const string ES256 = "ES256";
}
