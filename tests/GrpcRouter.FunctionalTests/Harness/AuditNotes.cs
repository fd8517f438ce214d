using System.Collections.Concurrent;

namespace GrpcRouter.FunctionalTests;

/// <summary>An audit log that a test reads.</summary>
internal sealed class AuditNotes : IAuditLog
{
    private readonly ConcurrentQueue<AuditEntry> entries = new();

    public AuditEntry[] Entries => [.. entries];

    public void Write(AuditEntry entry) => entries.Enqueue(entry);
}
