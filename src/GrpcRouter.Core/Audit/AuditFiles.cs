using System.Globalization;

namespace GrpcRouter;

/// <summary>The files of one audit log: the one that is written, and those that were set aside.</summary>
internal static class AuditFiles
{
    private const int Digits = 12;

    /// <summary>All that are there, oldest first.</summary>
    public static IReadOnlyList<string> Of(string path)
    {
        string full = Path.GetFullPath(path);
        string name = Path.GetFileNameWithoutExtension(full);
        string extension = Path.GetExtension(full);
        IEnumerable<string> aside = Directory.Exists(Path.GetDirectoryName(full))
            ? Directory.EnumerateFiles(Path.GetDirectoryName(full)!, $"{name}.*{extension}").Where(file => NumberOf(file, name, extension) is not null)
            : [];
        return [.. aside.OrderBy(file => NumberOf(file, name, extension)), .. File.Exists(full) ? [full] : Array.Empty<string>()];
    }

    /// <summary>Where a file is set aside.</summary>
    /// <param name="path">The file.</param>
    /// <param name="first">The number of its first entry.</param>
    public static string Aside(string path, long first) =>
        Path.Combine(
            Path.GetDirectoryName(Path.GetFullPath(path))!,
            string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}.{first:D12}{Path.GetExtension(path)}"));

    private static long? NumberOf(string file, string name, string extension)
    {
        string found = Path.GetFileName(file);
        return found.Length == name.Length + 1 + Digits + extension.Length
            && long.TryParse(found.AsSpan(name.Length + 1, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }
}
