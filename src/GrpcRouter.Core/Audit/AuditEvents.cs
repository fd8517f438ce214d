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

    /// <summary>A router has begun or gone on with the audit log.</summary>
    public const string LogOpened = "audit-log-opened";

    /// <summary>The end of the audit log was not as it should be when a router went on with it: a crash left a line unfinished, or the last lines were changed.</summary>
    public const string LogRecovered = "audit-log-recovered";

    /// <summary>Entries were lost, because more were waiting to be written than may.</summary>
    public const string EntriesLost = "audit-entries-lost";
}
