namespace GrpcRouter;

/// <summary>Where an audit log goes on: its last line, found without reading all of it.</summary>
/// <param name="Sequence">The number of the last entry; 0 when there is none.</param>
/// <param name="Hash">The hash of the last line.</param>
/// <param name="First">The number of the first entry in the file that is written; 0 when it is empty.</param>
/// <param name="Length">Length of the file up to its last line end.</param>
/// <param name="Torn">Bytes behind it: a line that a crash left unfinished.</param>
/// <param name="Problem">Why the lines that were looked at are no chain; null when they are.</param>
internal sealed record AuditTail(long Sequence, string Hash, long First, long Length, byte[] Torn, string? Problem)
{
    // A few hundred lines: whoever wants to know of all of them has the verifier.
    private const int Looked = 512 * 1024;

    public static AuditTail Find(string path)
    {
        AuditTail tail = new(0, AuditHash.None, 0, 0, [], null);
        foreach (string file in AuditFiles.Of(path).Reverse())
        {
            AuditTail found = FindIn(file);
            tail = file == Path.GetFullPath(path) ? found : tail with { Sequence = found.Sequence, Hash = found.Hash, Problem = tail.Problem ?? found.Problem };

            // An empty file goes on where the one before it ended.
            if (found.Sequence > 0)
            {
                break;
            }
        }

        return tail;
    }

    private static AuditTail FindIn(string file)
    {
        AuditLineFields? first = null;
        AuditLines.Read(file, 0, (line, _) =>
        {
            first = AuditLine.Read(line.Span);
            return false;
        });
        long length = new FileInfo(file).Length;
        AuditTail? tail = length <= Looked ? null : FindFrom(file, length - Looked);
        return (tail ?? FindFrom(file, 0)!) with { First = first?.Sequence ?? 0 };
    }

    /// <returns>Null when no line begins and ends behind the place.</returns>
    private static AuditTail? FindFrom(string file, long from)
    {
        AuditLineFields? last = null;
        string? problem = null;
        long end = from;

        // The first may be the end of a line.
        bool begun = from == 0;
        byte[] torn = AuditLines.Read(file, from, (line, next) =>
        {
            if (begun)
            {
                AuditLineFields? fields = AuditLine.Read(line.Span);
                problem ??= fields is not { IsWhole: true } ? $"The line that ends at byte {next} was changed."
                    : last is not null && (fields.Sequence != last.Sequence + 1 || fields.Previous != last.Hash) ? $"The line that ends at byte {next} does not follow the one before."
                    : null;

                // One that is no entry is still what the next one follows.
                last = fields ?? new AuditLineFields(last?.Sequence ?? 0, "", "", IsWhole: false, AuditHash.Of(line.Span));
            }

            begun = true;
            end = next;
            return true;
        });
        return from > 0 && last is null ? null : new AuditTail(last?.Sequence ?? 0, last?.Hash ?? AuditHash.None, 0, end, torn, problem);
    }
}
