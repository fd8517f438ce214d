namespace GrpcRouter;

/// <summary>What a verification of an audit log has found.</summary>
/// <param name="Entries">Lines in order, up to the first that is not.</param>
/// <param name="FirstSequence">The number of the first entry; more than 1 when older files were moved away, 0 when there is none.</param>
/// <param name="Head">The last entry in order.</param>
/// <param name="Break">The first line that breaks the chain; null when none does.</param>
/// <param name="TornBytes">Bytes of an unfinished line at the end, as a crash leaves it, or as it is just being written. No sign of tampering.</param>
public sealed record AuditVerification(long Entries, long FirstSequence, AuditHead Head, AuditBreak? Break, int TornBytes)
{
    /// <summary>Nothing was changed, taken out or moved.</summary>
    public bool IsWhole => Break is null;
}
