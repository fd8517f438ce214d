namespace GrpcRouter;

/// <summary>
/// Tells early that files may have changed. It watches their folders, because agents put new files, or links to new folders, in the place of old ones. What it misses, on
/// network file systems for one, is found when the files are looked at in turn.
/// </summary>
internal sealed class FileWatch(Action changed) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, FileSystemWatcher> watchers = new(StringComparer.Ordinal);
    private bool disposed;

    /// <summary>Watches for changes of these files, and of no others any more.</summary>
    public void Follow(IReadOnlyList<string> files)
    {
        lock (gate)
        {
            if (!disposed)
            {
                Watch(files);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (FileSystemWatcher watcher in watchers.Values)
            {
                watcher.Dispose();
            }

            watchers.Clear();
        }
    }

    private void Watch(IReadOnlyList<string> files)
    {
        HashSet<string> folders = [.. files.Select(static file => Path.GetDirectoryName(file)!)];
        foreach (string gone in watchers.Keys.Where(folder => !folders.Contains(folder) || !Directory.Exists(folder)).ToList())
        {
            watchers.Remove(gone, out FileSystemWatcher? watcher);
            watcher!.Dispose();
        }

        foreach (string folder in folders.Where(folder => !watchers.ContainsKey(folder) && Directory.Exists(folder)))
        {
            try
            {
                watchers[folder] = Watch(folder);
            }
            catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
            {
                // The system has no watch left, or the folder has gone: it goes without.
            }
        }
    }

    private FileSystemWatcher Watch(string folder)
    {
        FileSystemWatcher watcher = new(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.CreationTime };
        watcher.Changed += (_, _) => changed();
        watcher.Created += (_, _) => changed();
        watcher.Renamed += (_, _) => changed();
        watcher.Deleted += (_, _) => changed();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }
}
