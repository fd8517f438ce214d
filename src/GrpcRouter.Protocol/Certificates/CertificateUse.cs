namespace GrpcRouter;

/// <summary>What certificates are for, as logs and metrics have it.</summary>
internal static class CertificateUse
{
    /// <summary>The router's own.</summary>
    public const string Server = "server";

    /// <summary>The authorities of those who connect to the router.</summary>
    public const string ClientAuthorities = "client_ca";

    /// <summary>A bridge's own.</summary>
    public const string Client = "client";

    /// <summary>The authorities of routers.</summary>
    public const string ServerAuthorities = "server_ca";
}
