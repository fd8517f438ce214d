using System.Text;

namespace GrpcRouter.Bench;

/// <summary>Writes a run down, for the console and for docs/performance.md.</summary>
internal static class Report
{
    public static string Of(Figures figures)
    {
        StringBuilder text = new();
        text.Append($"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores ({Processor()}) for servers, proxies and load generator alike, .NET {Environment.Version}.\n");
        text.Append($"Load average of the machine when the run began: {figures.LoadAtStart}. Other work on the cores blurs rates and times more than CPU and bytes.\n");
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
        string folder = Path.ChangeExtension(GeneratedSection.Page, null);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "rate.svg"), Plots.Rate(figures).ToSvg());
        File.WriteAllText(Path.Combine(folder, "cpu.svg"), Plots.Cpu(figures).ToSvg());
        GeneratedSection.Write("build/bench/run", Of(figures));
        Console.WriteLine($"The figures are in {GeneratedSection.Page}.");
    }

    private static string Processor()
    {
        const string Key = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
