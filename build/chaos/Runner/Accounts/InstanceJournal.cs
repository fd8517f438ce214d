namespace GrpcRouter.Chaos;

/// <summary>What an instance did, read from its journal.</summary>
/// <param name="Instance">Its id.</param>
/// <param name="Whole">It was not killed, so all it started must have ended.</param>
/// <param name="Entries">In order.</param>
internal sealed record InstanceJournal(string Instance, bool Whole, IReadOnlyList<JournalEntry> Entries)
{
    public static InstanceJournal Read(string path, string instance, bool whole)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        List<JournalEntry> entries = [];
        while (reader.ReadLine() is { } line)
        {
            if (JournalEntry.Parse(line) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return new InstanceJournal(instance, whole, entries);
    }
}
