using System.Text;
using System.Text.RegularExpressions;

namespace GrpcRouter.Bench;

/// <summary>Writes a run down, for the console and for docs/performance.md.</summary>
internal static partial class Report
{
    private static string Page => Path.Combine(Programs.Repository, "docs", "performance.md");

    public static string Of(Figures figures)
    {
        StringBuilder text = new();
        text.Append($"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores ({Processor()}) for servers, proxies and load generator alike, .NET {Environment.Version}.\n");
        Add("Goals", Goals.Of(figures));
        Add("Throughput", Tables.Throughput(figures.Rows));
        Add("Times of calls", Tables.Latency(figures.Rows));
        Add("Isolation", Tables.Isolation(figures.Isolation));
        if (figures.Failures.Count > 0)
        {
            text.Append("\nWithout figures:\n\n");
            figures.Failures.ForEach(failure => text.Append($"- {failure.Split('\n')[0]}\n"));
        }

        return text.ToString();

        void Add(string title, Table table)
        {
            if (!table.IsEmpty)
            {
                text.Append($"\n### {title}\n\n{table.ToMarkdown()}");
            }
        }
    }

    /// <summary>Puts the figures between the page's two marks, and the plots beside it.</summary>
    public static void Write(Figures figures)
    {
        string folder = Path.Combine(Programs.Repository, "docs", "performance");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "rate.svg"), Plots.Rate(figures).ToSvg());
        File.WriteAllText(Path.Combine(folder, "cpu.svg"), Plots.Cpu(figures).ToSvg());
        string page = File.ReadAllText(Page);
        Match section = Section().Match(page);
        if (!section.Success)
        {
            throw new BenchException($"{Page} has lost the marks of its generated section.");
        }

        File.WriteAllText(Page, string.Concat(page.AsSpan(0, section.Groups[1].Index), $"\n{Of(figures)}\n", page.AsSpan(section.Groups[1].Index + section.Groups[1].Length)));
        Console.WriteLine($"The figures are in {Page}.");
    }

    private static string Processor()
    {
        const string Key = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    [GeneratedRegex("<!-- figures of build/bench/run -->\n(.*)<!-- end of figures -->", RegexOptions.Singleline, 1000)]
    private static partial Regex Section();
}
