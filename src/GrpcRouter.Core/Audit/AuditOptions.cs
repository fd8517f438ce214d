namespace GrpcRouter;

/// <summary>
/// The audit log: who registered and who was refused, what drained, how the configuration changed, which keys administered. A file of JSON lines, each with the hash of the one
/// before, so that <see cref="AuditLogVerifier"/> finds what was changed or taken out.
/// </summary>
public sealed class AuditOptions
{
    /// <summary>The file that is written, such as <c>/var/log/grpcrouter/audit.jsonl</c>. Its directory must be there. One router writes it at a time. Default: none, and then nothing is written.</summary>
    public string? Path { get; set; }

    /// <summary>
    /// Size in bytes at which the file is set aside, as <c>audit.000000000001.jsonl</c> with the number of its first entry, and another one begun, which goes on with the chain. 64 KiB to
    /// 1 TiB; default 64 MiB. The router removes none of them.
    /// </summary>
    public long MaxFileSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>When entries are safe. Default <c>Disk</c>.</summary>
    public AuditFlush Flush { get; set; }

    /// <summary>
    /// Entries that may wait to be written, 100 to 1,000,000. It bounds the memory that a peer can have taken while the disk is slow or full, less than 1 KiB an entry as a rule and some 80 at the most. Default 10,000.
    /// What is over it is lost; that is logged, counted, and itself an entry as soon as there is room.
    /// </summary>
    public int QueueLimit { get; set; } = 10_000;
}
