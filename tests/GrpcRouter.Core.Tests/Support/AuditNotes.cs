using System.Collections.Concurrent;

namespace GrpcRouter.Core.Tests;

/// <summary>Keeps what is to be audited.</summary>
internal sealed class AuditNotes : IAuditLog
{
    private readonly ConcurrentQueue<AuditEntry> entries = new();

    public AuditEntry[] Of(string name) => [.. entries.Where(entry => entry.Event == name)];

    public void Write(AuditEntry entry) => entries.Enqueue(entry);
}
