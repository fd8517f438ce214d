namespace GrpcRouter;

/// <summary>Follows the chain from line to line.</summary>
/// <param name="known">A head that the log once had.</param>
internal sealed class AuditChain(AuditHead? known)
{
    private long entries;
    private long firstSequence;

    /// <summary>The last line in order.</summary>
    public AuditHead Head { get; private set; } = new(0, AuditHash.None);

    /// <summary>The first line that is not.</summary>
    public AuditBreak? Break { get; private set; }

    /// <returns>False when the line breaks the chain.</returns>
    public bool Take(ReadOnlySpan<byte> line, string file, long number)
    {
        Break = AuditLine.Read(line) is { } fields ? Judge(fields, file, number) : new AuditBreak(file, number, AuditBreakKind.Changed, "The line is no entry of an audit log.");
        return Break is null;
    }

    public AuditVerification Result(AuditBreak? found) => new(entries, firstSequence, Head, found, TornBytes: 0);

    /// <summary>Compares the end with the head that is known.</summary>
    public AuditBreak? FindTruncation(string file) => known is null || Head.Sequence >= known.Sequence ? null : new AuditBreak(
        file, entries, AuditBreakKind.Truncated, $"The log ends with entry {Head.Sequence}, and once had entry {known.Sequence}.");

    private AuditBreak? Judge(AuditLineFields fields, string file, long number)
    {
        AuditBreak Broken(AuditBreakKind kind, string reason) => new(file, number, kind, reason);

        // Older files may have been moved away; what is before the first one is not known then.
        bool begins = entries == 0;
        long expected = begins ? fields.Sequence : Head.Sequence + 1;
        if (!fields.IsWhole)
        {
            return Broken(AuditBreakKind.Changed, "The line was changed: its own hash is another.");
        }

        if (fields.Sequence != expected)
        {
            return fields.Sequence > expected
                ? Broken(AuditBreakKind.Removed, $"Entries {expected} to {fields.Sequence - 1} are missing.")
                : Broken(AuditBreakKind.Reordered, $"Entry {fields.Sequence} stands behind entry {Head.Sequence}.");
        }

        if (fields.Previous != (begins && fields.Sequence > 1 ? fields.Previous : Head.Hash))
        {
            return Broken(AuditBreakKind.Replaced, "The line was written behind another one than it stands behind.");
        }

        if (known is not null && known.Sequence == fields.Sequence && known.Hash != fields.Hash)
        {
            return Broken(AuditBreakKind.Replaced, $"Entry {known.Sequence} is another than it once was.");
        }

        entries++;
        firstSequence = firstSequence == 0 ? fields.Sequence : firstSequence;
        Head = new AuditHead(fields.Sequence, fields.Hash);
        return null;
    }
}
