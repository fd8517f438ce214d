using System.Text.RegularExpressions;

namespace GrpcRouter.Protocol.Tests;

/// <summary>docs/protocol.md, as far as tests compare it with the code.</summary>
internal static partial class ProtocolPage
{
    public static string[] Lines { get; } = File.ReadAllLines(Path.Combine(Root(), "docs", "protocol.md"));

    /// <summary>The hex dumps by name, the explanations left out.</summary>
    public static Dictionary<string, string> Dumps { get; } = ReadDumps();

    /// <summary>The cells of the first table that follows a line, without its head.</summary>
    public static List<string[]> TableAfter(Predicate<string> line)
    {
        var at = Array.FindIndex(Lines, line);
        Assert.True(at >= 0, "The page lacks the line before a table.");
        return [.. Lines
            .Skip(at)
            .SkipWhile(text => !text.StartsWith('|'))
            .TakeWhile(text => text.StartsWith('|'))
            .Skip(2)
            .Select(text => text.Split('|', StringSplitOptions.TrimEntries)[1..^1])];
    }

    public static string Fence(string opening) =>
        string.Join('\n', Lines.SkipWhile(line => line != opening).Skip(1).TakeWhile(line => line != "```"));

    public static long Number(string cell) => long.Parse(cell.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

    public static string Code(string cell) => cell.Replace("`", "", StringComparison.Ordinal);

    private static Dictionary<string, string> ReadDumps()
    {
        Dictionary<string, string> dumps = new(StringComparer.Ordinal);
        for (var i = 0; i < Lines.Length; i++)
        {
            if (Lines[i].StartsWith("```hex ", StringComparison.Ordinal))
            {
                var bytes = Lines.Skip(i + 1).TakeWhile(line => line != "```").Select(line => Octets().Match(line).Value.Trim());
                dumps.Add(Lines[i]["```hex ".Length..], string.Join(' ', bytes));
            }
        }

        return dumps;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "GrpcRouter.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }

    // Two spaces part the bytes from what they mean.
    [GeneratedRegex("^ *[0-9A-F]{2}(?: [0-9A-F]{2})*(?=  |$)", RegexOptions.None, 1000)]
    private static partial Regex Octets();
}
