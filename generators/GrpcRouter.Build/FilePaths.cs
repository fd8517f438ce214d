using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GrpcRouter.Build;

internal static class FilePaths
{
    // MSBuild hands over both kinds of separator on every platform.
    public static string Full(string baseDirectory, string path) => TrimEnd(Path.GetFullPath(
        Path.Combine(baseDirectory, Path.DirectorySeparatorChar == '/' ? path.Replace('\\', '/') : path)));

    public static bool IsUnder(string directory, string path) =>
        path.StartsWith(directory + Path.DirectorySeparatorChar, PathComparison);

    // Relative paths are the same on every machine that has the same checkout.
    public static string Relative(string directory, string path)
    {
        var from = directory.Split(Path.DirectorySeparatorChar);
        var to = path.Split(Path.DirectorySeparatorChar);
        var common = 0;
        while (common < from.Length && common < to.Length - 1 && string.Equals(from[common], to[common], PathComparison))
        {
            common++;
        }

        return string.Join("/", [.. Enumerable.Repeat("..", from.Length - common), .. to.Skip(common)]);
    }

    public static string ShortHash(string text)
    {
        using var sha = SHA256.Create();
        var hash = sha.ComputeHash(Encoding.UTF8.GetBytes(text));
        return string.Concat(hash.Take(4).Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture)));
    }

    private static StringComparison PathComparison =>
        Path.DirectorySeparatorChar == '\\' ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static string TrimEnd(string path) =>
        path.Length > 1 && path[path.Length - 1] == Path.DirectorySeparatorChar && path[path.Length - 2] != ':'
            ? path.Substring(0, path.Length - 1)
            : path;
}
