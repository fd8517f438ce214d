namespace GrpcRouter;

/// <summary>
/// Checks an audit log. The chain shows that a line was changed, taken out, put in or moved, unless whoever did it has written all lines behind it anew; that, and lines missing at the
/// end, show only in comparison with a head of the log that was kept elsewhere.
/// </summary>
public static class AuditLogVerifier
{
    /// <summary>Checks all files of a log: those that were set aside, and the one that is written. It may be written meanwhile.</summary>
    /// <param name="path">The file that is written, as <see cref="AuditOptions.Path"/> says, or one that was set aside for that one alone.</param>
    /// <param name="known">A head that the log once had; default none.</param>
    /// <exception cref="FileNotFoundException">There is no such log.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static AuditVerification Verify(string path, AuditHead? known = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IReadOnlyList<string> files = AuditFiles.Of(path);
        if (files.Count == 0)
        {
            throw new FileNotFoundException("There is no such audit log.", path);
        }

        AuditChain chain = new(known);
        int torn = 0;
        foreach (string file in files)
        {
            long number = 0;
            torn = AuditLines.Read(file, 0, (line, _) => chain.Take(line.Span, file, ++number)).Length;
            if (chain.Break is { Kind: AuditBreakKind.Removed } removed && IsFurtherOn(files, chain.Head.Sequence + 1))
            {
                return chain.Result(removed with { Kind = AuditBreakKind.Reordered, Reason = $"Entry {chain.Head.Sequence + 1} stands further on." });
            }

            if (chain.Break is not null)
            {
                return chain.Result(chain.Break);
            }

            // What is set aside has ended with a line.
            if (torn > 0 && file != files[^1])
            {
                return chain.Result(new AuditBreak(file, number + 1, AuditBreakKind.Changed, "The last line of a file that was set aside is not finished."));
            }
        }

        return chain.Result(chain.FindTruncation(files[^1])) with { TornBytes = torn };
    }

    private static bool IsFurtherOn(IReadOnlyList<string> files, long sequence)
    {
        bool found = false;
        foreach (string file in files)
        {
            AuditLines.Read(file, 0, (line, _) => !(found |= AuditLine.Read(line.Span)?.Sequence == sequence));
        }

        return found;
    }
}
