namespace GrpcRouter;

/// <summary>When entries of the audit log are safe.</summary>
public enum AuditFlush
{
    /// <summary>On the disk: entries that come together are written together, and then flushed to it. They outlive the machine's power.</summary>
    Disk,

    /// <summary>With the operating system: they outlive the router's process, however it ends, but not the machine's power.</summary>
    System,
}
