using System.Diagnostics.Metrics;

namespace GrpcRouter;

/// <summary>Counts reloads by what became of them.</summary>
internal static class ReloadMetrics
{
    public const string Applied = "applied";
    public const string Unchanged = "unchanged";
    public const string Refused = "refused";

    private static readonly Counter<long> Reloads = RouterMeter.Meter.CreateCounter<long>(
        "grpcrouter.config.reloads", "{reload}", "Configurations that were read because their source had changed, by result: applied, unchanged or refused.");

    public static void Count(string result) => Reloads.Add(1, new KeyValuePair<string, object?>("result", result));
}
