namespace GrpcRouter;

/// <summary>The file that is written: lines go to its end, and nowhere else. Used by one thread at a time.</summary>
internal sealed class AuditFile : IDisposable
{
    private readonly AuditOptions options;
    private readonly Func<string, FileStreamOptions, FileStream> open;
    private readonly FileStream held;
    private FileStream? file;

    // What is written whole. Behind it there may be what a crash or a full disk left of a line.
    private long length;
    private bool mayBeTorn;

    private AuditFile(AuditOptions options, Func<string, FileStreamOptions, FileStream> open, FileStream held, FileStream file, AuditTail tail)
    {
        this.options = options;
        this.open = open;
        this.held = held;
        this.file = file;
        length = tail.Length;
        mayBeTorn = tail.Torn.Length > 0;
        First = tail.First;
    }

    /// <summary>The number of its first entry; 0 while it has none.</summary>
    public long First { get; private set; }

    /// <summary>It is as long as it may be.</summary>
    public bool IsFull => length >= options.MaxFileSize && First > 0;

    /// <summary>Opens the file, so that no other router writes it.</summary>
    /// <param name="options">Which file.</param>
    /// <param name="open">Opens files.</param>
    /// <param name="tail">Where it ends.</param>
    /// <exception cref="IOException">Another one does, or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static AuditFile Open(AuditOptions options, Func<string, FileStreamOptions, FileStream> open, out AuditTail tail)
    {
        // A file of its own is locked: the log itself can be read and verified while it is written.
        FileStream held = new(options.Path! + ".lock", Private(FileShare.None));
        FileStream? file = null;
        try
        {
            file = open(options.Path!, Private(FileShare.ReadWrite | FileShare.Delete));
            tail = AuditTail.Find(options.Path!);
            return new AuditFile(options, open, held, file, tail);
        }
        catch
        {
            file?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Adds whole lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="first">The number of the first of them.</param>
    /// <returns>False when somebody else has written to the file, or shortened it. The lines stand behind what is there.</returns>
    /// <exception cref="IOException">They were not written, as far as is known; the same may be tried again.</exception>
    public bool Append(ReadOnlySpan<byte> lines, long first)
    {
        file ??= open(options.Path!, Private(FileShare.ReadWrite | FileShare.Delete));
        bool asLeft = true;
        if (mayBeTorn)
        {
            file.SetLength(length);
        }
        else if (file.Length != length)
        {
            asLeft = false;
            length = file.Length;
        }

        mayBeTorn = true;
        file.Position = length;
        file.Write(lines);
        file.Flush(flushToDisk: options.Flush == AuditFlush.Disk);
        length += lines.Length;
        mayBeTorn = false;
        First = First == 0 ? first : First;
        return asLeft;
    }

    /// <summary>Sets the file aside and begins another.</summary>
    /// <exception cref="IOException">It stays the file that is written.</exception>
    public void Rotate()
    {
        File.Move(options.Path!, AuditFiles.Aside(options.Path!, First));
        file?.Dispose();
        file = null;
        length = 0;
        First = 0;
    }

    public void Dispose()
    {
        file?.Dispose();
        held.Dispose();
    }

    private static FileStreamOptions Private(FileShare share)
    {
        FileStreamOptions how = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }

        return how;
    }
}
