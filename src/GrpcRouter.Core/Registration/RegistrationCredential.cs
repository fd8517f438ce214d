using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>What an instance shows to prove who it is. A token goes before a certificate, and both before what the application found.</summary>
public sealed record RegistrationCredential
{
    /// <summary>The client certificate of its connection, which must have been verified; null: none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Its registration token; null: none. It is looked at where the router has keys for tokens.</summary>
    public string? Token { get; init; }

    /// <summary>Who it is by the application's own authentication; null: nobody.</summary>
    public PeerIdentity? Application { get; init; }

    /// <summary>Says what there is, and not what it is.</summary>
    public override string ToString() => $"certificate: {Certificate is not null}, token: {Token is not null}, application: {Application}";
}
