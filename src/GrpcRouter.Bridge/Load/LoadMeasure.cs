namespace GrpcRouter;

/// <summary>What an instance's load was at one time.</summary>
/// <param name="Utilization">Share of capacity in use.</param>
/// <param name="Named">Signals of the service's own.</param>
/// <param name="CallsPerSecond">Calls that ended.</param>
/// <param name="ErrorsPerSecond">Those among them that failed.</param>
internal sealed record LoadMeasure(double Utilization, IReadOnlyDictionary<string, double> Named, double CallsPerSecond, double ErrorsPerSecond)
{
    // What a router's choice would not change for.
    private const double Noticeable = 0.01;

    public static LoadMeasure None { get; } = new(0, new Dictionary<string, double>(StringComparer.Ordinal), 0, 0);

    /// <summary>A router that knows the other learns nothing from this one.</summary>
    public bool SaysNothingBeside(LoadMeasure known) =>
        CallsPerSecond == 0
        && known.CallsPerSecond == 0
        && Math.Abs(Utilization - known.Utilization) < Noticeable
        && Named.Count == known.Named.Count
        && Named.All(signal => known.Named.TryGetValue(signal.Key, out double value)
            && Math.Abs(signal.Value - value) <= Noticeable * Math.Max(Math.Abs(signal.Value), Math.Abs(value)));
}
