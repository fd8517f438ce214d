namespace GrpcRouter;

/// <summary>What the router writes to its audit log.</summary>
public static class AuditEvents
{
    /// <summary>An instance has registered.</summary>
    public const string Registered = "registered";

    /// <summary>A registration was refused.</summary>
    public const string RegistrationRefused = "registration-refused";

    /// <summary>A registered channel has ended.</summary>
    public const string ChannelClosed = "channel-closed";

    /// <summary>An instance, a channel or the router drains.</summary>
    public const string Draining = "draining";

    /// <summary>The configuration has changed.</summary>
    public const string ConfigurationChanged = "configuration-changed";

    /// <summary>A changed configuration was refused, and the one before stays.</summary>
    public const string ConfigurationRefused = "configuration-refused";

    /// <summary>A key was used to administer the router.</summary>
    public const string AdminKeyUsed = "admin-key-used";
}
