using System.Text;

namespace GrpcRouter.Chaos;

/// <summary>
/// What an instance's handlers did, call by call, in a file. A line is with the system as soon as it is written, so a killed process leaves
/// all that it did until then.
/// </summary>
internal sealed class Journal(string path) : IDisposable
{
    private readonly FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private int running;

    /// <summary>Handlers that were started and have not ended.</summary>
    public int Running => Volatile.Read(ref running);

    public void Start(long call)
    {
        Interlocked.Increment(ref running);
        Write(new JournalEntry(JournalKind.Started, call, "-"));
    }

    public void End(long call, string how)
    {
        Write(new JournalEntry(JournalKind.Ended, call, how));
        Interlocked.Decrement(ref running);
    }

    public void Break(long call, string what) => Write(new JournalEntry(JournalKind.Broken, call, what));

    public void Dispose() => file.Dispose();

    private void Write(JournalEntry entry)
    {
        byte[] line = Encoding.UTF8.GetBytes($"{entry}\n");
        lock (file)
        {
            file.Write(line);
        }
    }
}
