using System.Globalization;

namespace GrpcRouter.Bench;

/// <summary>How many connections the process may hold. The runtime raises the soft limit to the hard one by itself.</summary>
internal static class OpenFiles
{
    private const string Row = "Max open files";

    /// <summary>The hard limit of open files; as good as none where the system does not tell.</summary>
    public static long Limit()
    {
        string? row = File.Exists("/proc/self/limits")
            ? File.ReadLines("/proc/self/limits").FirstOrDefault(static line => line.StartsWith(Row, StringComparison.Ordinal))
            : null;
        string? hard = row?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.TryParse(hard, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
    }
}
