namespace GrpcRouter;

/// <summary>Takes what must not be forgotten. Used from any thread; not for each call.</summary>
public interface IAuditLog
{
    /// <summary>Adds an entry. It may be written a little later, in order.</summary>
    void Write(AuditEntry entry);
}
