namespace GrpcRouter.Bench;

/// <summary>The charts of the documentation.</summary>
internal static class Plots
{
    private static readonly string[] Proxies = [Target.Router, .. Peers.Names];

    public static BarChart Rate(Figures figures) => Make(
        "Rate through each proxy, as a share of calling the server directly",
        figures.Rows.Where(static result => !result.Row.Latency && result.Targets.Contains(Target.Direct)),
        static (result, target) => result.OfDirect(target, static figure => figure.Rate),
        mark: 1);

    public static BarChart Cpu(Figures figures) => Make(
        "CPU in each proxy for a unary call, in microseconds",
        figures.Rows.Where(static result => result.Row.Name is "unary-11B" or "unary-1KiB" or "unary-metadata" or "unary-tls"),
        static (result, target) => result.Median(target, static figure => figure.FrontCpu),
        mark: null);

    private static BarChart Make(string title, IEnumerable<RowResult> results, Func<RowResult, string, double?> figure, double? mark)
    {
        BarChart chart = new(title, Proxies, mark);
        foreach (RowResult result in results)
        {
            chart.Add(result.Row.Title, [.. Proxies.Select(proxy => figure(result, proxy))]);
        }

        return chart;
    }
}
