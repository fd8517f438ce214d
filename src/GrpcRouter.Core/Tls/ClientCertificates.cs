namespace GrpcRouter;

/// <summary>Whether those who connect by TLS show a certificate.</summary>
public enum ClientCertificates
{
    /// <summary>They are not asked for one.</summary>
    None,

    /// <summary>They may show one. One that does not hold is refused; without one they are nobody.</summary>
    Allow,

    /// <summary>They must show one that holds.</summary>
    Require,
}
