namespace GrpcRouter.Bench;

/// <summary>The part of docs/performance.md that a program writes, between two marks.</summary>
internal static class GeneratedSection
{
    private const string EndMark = "<!-- end of figures -->";

    public static string Page { get; } = FindPage();

    /// <summary>Puts a text between the marks of a program.</summary>
    /// <param name="program">Its path from the repository's root, as the first mark has it.</param>
    /// <param name="text">In Markdown.</param>
    /// <exception cref="InvalidDataException">The page has no such marks.</exception>
    public static void Write(string program, string text)
    {
        string page = File.ReadAllText(Page);
        string mark = $"<!-- figures of {program} -->\n";
        int begin = page.IndexOf(mark, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : page.IndexOf(EndMark, begin, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new InvalidDataException($"{Page} has no marks for {program}.");
        }

        File.WriteAllText(Page, $"{page[..(begin + mark.Length)]}\n{text.Trim()}\n\n{page[end..]}");
    }

    private static string FindPage()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GrpcRouter.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidDataException($"There is no repository above {AppContext.BaseDirectory}.");
        }

        return Path.Combine(folder, "docs", "performance.md");
    }
}
